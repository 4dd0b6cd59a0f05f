import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { envSchema } from "../../agent/env.ts";
import { ProgressTable } from "../../aws/progress-table.ts";
import { RequestReader } from "../../aws/request-table.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { fakeClient } from "../aws/client.ts";
import { addFleet, newApp, ROOT, rendered, resourcesOf, theOnly } from "./synth.ts";

const app = newApp();
const stack = new Stack(app, "Test");
addFleet(stack);
const template = Template.fromStack(stack);
const launch = theOnly(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData;

describe("the group", () => {
  const group = theOnly(template, "AWS::AutoScaling::AutoScalingGroup");

  test("is Spot but for onDemandPercent, of the types that are cheap and unlikely to be interrupted", () => {
    const { InstancesDistribution, LaunchTemplate } = group.MixedInstancesPolicy;
    expect(InstancesDistribution).toEqual({
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: { Ref: "onDemandPercent" },
      // With instance requirements, there is no other.
      OnDemandAllocationStrategy: "lowest-price",
      SpotAllocationStrategy: "price-capacity-optimized",
    });
    // One override that lets EC2 choose from the list: a type that a zone lacks does not make the group fail.
    expect(LaunchTemplate.Overrides).toEqual([
      {
        InstanceRequirements: {
          AllowedInstanceTypes: { "Fn::Split": [",", { Ref: "instanceTypes" }] },
          VCpuCount: { Min: 1 },
          MemoryMiB: { Min: 1 },
          // Nothing of the list is left out: as dear, or as one that can burst.
          SpotMaxPricePercentageOverLowestPrice: 999_999,
          OnDemandMaxPricePercentageOverLowestPrice: 999_999,
          BurstablePerformance: "included",
          // The image and the code are for Graviton.
          CpuManufacturers: ["amazon-web-services"],
        },
      },
    ]);
  });
});

describe("an instance", () => {
  test("accepts no connection, and only itself can read its metadata", () => {
    expect(launch.MetadataOptions).toEqual({ HttpTokens: "required", HttpPutResponseHopLimit: 1 });
    const [[securityGroup] = []] = resourcesOf(template, "AWS::EC2::SecurityGroup");
    expect(launch.NetworkInterfaces).toMatchObject([
      { AssociatePublicIpAddress: true, Groups: [{ "Fn::GetAtt": [securityGroup, "GroupId"] }] },
    ]);
    expect(launch).not.toHaveProperty("KeyName");
    expect(launch.BlockDeviceMappings).toMatchObject([{ Ebs: { Encrypted: true } }]);
  });
});

interface PolicyStatement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition: unknown;
}
const [, policy] = resourcesOf(template, "AWS::IAM::Policy").find(([id]) => id.startsWith("FleetRole")) ?? [];
const statements: readonly PolicyStatement[] = policy?.Properties.PolicyDocument.Statement;
const allowing = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action));

test("an agent may do what it does to the resources of this stack alone", () => {
  const everywhere = statements.filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action);
  expect(everywhere.filter((action) => !/^ssm(messages)?:/.test(action))).toEqual([]);
  expect(rendered(allowing("autoscaling:TerminateInstanceInAutoScalingGroup")[0]?.Resource)).toBe(
    "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/prewarm_asg_test",
  );
});

test("an agent changes nothing of a request", () => {
  const elsewhere = allowing("dynamodb:UpdateItem").filter(
    ({ Resource }) => !JSON.stringify(Resource).includes("StorageProgress"),
  );
  expect(elsewhere).toEqual([]);
});

test("an agent may read only those attributes of a request that it asks for", async () => {
  const [read, ...others] = allowing("dynamodb:GetItem").filter(
    ({ Resource }) => !JSON.stringify(Resource).includes("StorageProgress"),
  );
  expect(others).toEqual([]);
  const { client, sent } = fakeClient<DynamoDBDocument>(() => ({}));
  const table = new RequestReader(client, "requests", () => undefined);
  await table.isActive("r1");
  await table.getActive("r1");
  const names = sent.flatMap(({ input }) => [
    ...Object.keys(input.Key),
    ...Object.values<string>(input.ExpressionAttributeNames ?? { active: input.ProjectionExpression }),
  ]);
  expect(names).not.toContain("header");
  expect(read?.Condition).toEqual({
    "ForAllValues:StringEquals": { "dynamodb:Attributes": [...new Set(names)] },
    Null: { "dynamodb:Attributes": "false" },
    StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
  });
});

test("an agent may read of a result whether it stands and whether it is good, and nothing else", async () => {
  const read = allowing("dynamodb:BatchGetItem")[0];
  const { client, sent } = fakeClient<DynamoDBClient>(() => ({}));
  await new RequestTaskTable(client, "tasks", () => undefined).findExisting([{ task_key: "r1#0", pop_url: "p#u" }]);
  const names = Object.values(sent[0]?.input.RequestItems.tasks.ExpressionAttributeNames);
  expect(names).toEqual([
    "task_key",
    "pop_url",
    "ok",
    "reason",
    "http_status",
    "addresses",
    "rec_unsure",
    "hit_after_download",
    "rounds",
  ]);
  expect(read?.Condition).toEqual({
    "ForAllValues:StringEquals": { "dynamodb:Attributes": names },
    Null: { "dynamodb:Attributes": "false" },
    StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
  });
});

test("an agent reads progress, writes heartbeats, limits of origins and what it received, and takes the right to call Shutdown: it writes no counter", async () => {
  const progress = (action: string) =>
    allowing(action)
      .filter(({ Resource }) => JSON.stringify(Resource).includes("StorageProgress"))
      .map(({ Condition }) => Condition);
  const keys = (...names: string[]) => ({
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": names },
    Null: { "dynamodb:LeadingKeys": "false" },
  });
  expect(progress("dynamodb:Query")).toEqual([keys("count#*", "beat#*")]);
  expect(progress("dynamodb:PutItem")).toEqual([keys("ask#*")]);
  expect(progress("dynamodb:DeleteItem")).toEqual([keys("ask#*")]);
  const limits = keys("limit#*", "host#*", "beat#*");
  expect(progress("dynamodb:GetItem")).toEqual([limits]);
  expect(progress("dynamodb:UpdateItem")).toEqual([keys("bytes#*"), limits]);
  const { client, sent } = fakeClient<DynamoDBDocument>(() => ({}));
  const heartbeat = { instance: "i", worker: "w", at: 1, tasks: 1, bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
  const table = new ProgressTable(client, "progress", () => undefined);
  await table.writeHeartbeat("r1", heartbeat, 1);
  await table.addReceivedBytes("r1", 1, 1, 1);
  const keyOf = ({ Key }: (typeof sent)[number]["input"]) => Key.key;
  expect(sent.map(({ name, input }) => `${name} ${keyOf(input)}`)).toEqual([
    "UpdateCommand beat#r1",
    "UpdateCommand bytes#r1",
  ]);
});

describe("the user data", () => {
  const script = rendered(launch.UserData);
  const code = /^AGENT_CODE_URL='s3:\/\/[^/']+\/([0-9a-f]{64})\.zip'$/m.exec(script)?.[1];
  const boot = readFileSync(`${ROOT}agent/instance/boot.sh`, "utf8");

  test("is a shell script that has the whole boot script, and within EC2's 16 KiB", () => {
    expect(script.startsWith("#!/bin/bash\n")).toBe(true);
    expect(script).toContain(boot);
    expect(Buffer.byteLength(script)).toBeLessThan(16 * 1024);
    execFileSync("bash", ["-n"], { input: script });
  });

  test("gives the agent all of the environment that it reads", () => {
    // Without the lines that ship the logs: they would install something here.
    const before = script.slice(0, script.indexOf("ship_logs"));
    const lines = execFileSync("bash", { input: `${before}\nprintf '%s\\n' "$AGENT_ENV"`, encoding: "utf8" });
    const variables = Object.fromEntries(
      lines
        .trim()
        .split("\n")
        .map((line) => line.split("=", 2)),
    );
    // References come out as names; a queue's is its URL.
    for (const name of ["QUEUE_URL", "EXPRESS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL"])
      variables[name] = `https://sqs.example/${variables[name]}`;
    const [[, queue] = []] = resourcesOf(template, "AWS::SQS::Queue").filter(
      ([id]) => id === variables["QUEUE_URL"]?.split("/ref-")[1],
    );
    expect(readEnvironment(envSchema, variables)).toMatchObject({
      VISIBILITY_SECONDS: queue?.Properties.VisibilityTimeout,
      PREWARM_FIRST_BYTE_SECONDS: 120,
      // A parameter, like the seconds of the first byte.
      STALL_SECONDS: 900,
      // What it is not given.
      PREWARM_HTTPS_PORT: 443,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://169.254.169.254",
      PREWARM_IDLE_MINUTES: 15,
      PREWARM_KEPT_ERROR_SECONDS: 11,
    });
    expect(variables).toHaveProperty("AWS_REGION", "eu-west-1");
    const names = ["QUEUE_URL", "EXPRESS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL"];
    const tables = ["REQUEST_TABLE", "REQUEST_TASK_TABLE", "PROGRESS_TABLE"];
    for (const several of [names, tables]) expect(new Set(several.map((name) => variables[name])).size).toBe(3);
  });

  test("fetches code that runs: it gets as far as its environment", () => {
    const { directory } = app.synth();
    const zip = readFileSync(`${directory}/asset.${code}.zip`);
    const files = unzipSync(zip);
    expect(Object.keys(files).sort()).toEqual(["main.mjs", "main.mjs.map", "prewarm-agent.service"]);
    const main = `${directory}/main.mjs`;
    writeFileSync(main, files["main.mjs"] ?? "");
    const run = () =>
      execFileSync(process.execPath, [main], {
        env: {},
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(run).toThrow(/Invalid environment variables[\s\S]*QUEUE_URL/);
  });
});
