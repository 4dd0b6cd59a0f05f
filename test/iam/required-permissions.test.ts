import { describe, expect, test } from "vitest";
import { requiredPermissions, type WireCall } from "./required-permissions.ts";

const ACCOUNT = {
  partition: "aws",
  region: "eu-west-1",
  id: "123456789012",
  tables: [{ name: "tasks", keys: ["task_key", "pop_url"], indexes: new Map([["active", ["active"]]]) }],
  groupName: "agents",
};
const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/tasks";

const required = (service: string, operation: string, body: unknown, path = "/", more: Partial<WireCall> = {}) =>
  requiredPermissions(
    {
      service,
      operation,
      url: new URL(path, "http://aws"),
      body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
      ...more,
    },
    ACCOUNT,
  );

const actionsOf = (...args: Parameters<typeof required>) =>
  required(...args).map(({ action, resource }) => `${action} ${resource}`);

describe("DynamoDB", () => {
  const key = { task_key: { S: "r#1" }, pop_url: { S: "p u" } };

  test("a read names its keys, the attributes that it projects, and that it selects them", () => {
    const input = {
      TableName: "tasks",
      Key: key,
      ProjectionExpression: "ok, #s, nested.inner",
      ExpressionAttributeNames: { "#s": "status" },
    };
    expect(required("dynamodb", "GetItem", input)).toEqual([
      {
        action: "dynamodb:GetItem",
        resource: TABLE,
        context: {
          "dynamodb:LeadingKeys": ["r#1"],
          "dynamodb:Attributes": ["nested", "ok", "pop_url", "status", "task_key"],
          "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
        },
      },
    ]);
  });

  test("a query of an index is a call on the index, with the index's partition key", () => {
    const input = {
      TableName: "tasks",
      IndexName: "active",
      KeyConditionExpression: "#a = :y AND begins_with(pop_url, :p)",
      ExpressionAttributeNames: { "#a": "active" },
      ExpressionAttributeValues: { ":y": { S: "y" }, ":p": { S: "p" } },
    };
    expect(required("dynamodb", "Query", input)).toEqual([
      {
        action: "dynamodb:Query",
        resource: `${TABLE}/index/active`,
        context: {
          "dynamodb:LeadingKeys": ["y"],
          "dynamodb:Attributes": ["active", "pop_url"],
          "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES",
        },
      },
    ]);
  });

  test("an update names what it writes and what its condition reads", () => {
    const input = {
      TableName: "tasks",
      Key: key,
      UpdateExpression: "SET ok = :t, tries = if_not_exists(tries, :n) REMOVE error",
      ConditionExpression: "attribute_exists(pop_url) AND NOT closed = :t",
    };
    const [{ context } = { context: {} }] = required("dynamodb", "UpdateItem", input);
    expect(context).toEqual({
      "dynamodb:LeadingKeys": ["r#1"],
      "dynamodb:Attributes": ["closed", "error", "ok", "pop_url", "task_key", "tries"],
      "dynamodb:ReturnValues": "NONE",
    });
  });

  test("a batch is one call on each table, with the keys of all items", () => {
    const RequestItems = {
      tasks: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: { task_key: { S: "r#2" } } } }],
    };
    const writes = required("dynamodb", "BatchWriteItem", { RequestItems });
    expect(writes.map((write) => write.context["dynamodb:LeadingKeys"])).toEqual([["r#1", "r#2"]]);
    const reads = required("dynamodb", "BatchGetItem", { RequestItems: { tasks: { Keys: [key] } } });
    expect(reads.map((read) => read.context["dynamodb:LeadingKeys"])).toEqual([["r#1"]]);
  });

  test("each member of a transaction is a call of its own", () => {
    const TransactItems = [
      { Put: { TableName: "tasks", Item: key } },
      { Update: { TableName: "tasks", Key: key, UpdateExpression: "SET ok = :t" } },
      { Delete: { TableName: "tasks", Key: key } },
      { ConditionCheck: { TableName: "tasks", Key: key, ConditionExpression: "ok = :t" } },
    ];
    const needed = required("dynamodb", "TransactWriteItems", { TransactItems });
    expect(needed.map(({ action }) => action)).toEqual([
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:ConditionCheckItem",
    ]);
    for (const { context } of needed) expect(context["dynamodb:EnclosingOperation"]).toBe("TransactWriteItems");
  });
});

describe("S3", () => {
  test("a read of a missing object needs ListBucket, too: else S3 answers 403", () => {
    expect(actionsOf("s3", "GetObject", "", "/b/k", { isMissing: true })).toEqual([
      "s3:GetObject arn:aws:s3:::b/k",
      "s3:ListBucket arn:aws:s3:::b",
    ]);
  });

  test("a list is a call on the bucket, with its prefix", () => {
    expect(required("s3", "ListObjectsV2", "", "/b?list-type=2&prefix=docs%2F")).toEqual([
      { action: "s3:ListBucket", resource: "arn:aws:s3:::b", context: { "s3:prefix": "docs/" } },
    ]);
  });

  test("DeleteObjects is a deletion of each object, or of each version", () => {
    const body = "<Delete><Object><Key>a</Key><VersionId>1</VersionId></Object><Object><Key>b</Key></Object></Delete>";
    expect(actionsOf("s3", "DeleteObjects", body, "/b?delete")).toEqual([
      "s3:DeleteObjectVersion arn:aws:s3:::b/a",
      "s3:DeleteObject arn:aws:s3:::b/b",
    ]);
  });
});

test("CreateSchedule passes a role to the scheduler", () => {
  const body = { GroupName: "timers", Target: { RoleArn: "arn:aws:iam::123456789012:role/timer" } };
  expect(required("scheduler", "CreateSchedule", body, "/schedules/r1")).toEqual([
    {
      action: "scheduler:CreateSchedule",
      resource: "arn:aws:scheduler:eu-west-1:123456789012:schedule/timers/r1",
      context: {},
    },
    {
      action: "iam:PassRole",
      resource: "arn:aws:iam::123456789012:role/timer",
      context: { "iam:PassedToService": "scheduler.amazonaws.com" },
    },
  ]);
});

test.each(["dynamodb", "sqs", "s3", "scheduler", "events", "autoscaling", "cloudfront", "apigateway", "kms"])(
  "an unknown operation of %s is refused",
  (service) => {
    expect(() => required(service, "Unheard", {})).toThrow("not known here");
  },
);
