import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";
import { resultClient } from "../../aws/clients.ts";
import { toAttributes } from "../../aws/dynamodb.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { times } from "../collect.ts";
import { result } from "../lambdas/items.ts";

/** What went over the wire. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What comes back. */
interface Reply {
  readonly status?: number;
  readonly body?: object;
}

const CONFIG = {
  region: "us-east-1",
  endpoint: "http://127.0.0.1:1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  maxAttempts: 3,
};

/** In the place of the network: all of the SDK above it is the real one. */
function wire(reply: (call: Call, n: number) => Reply = () => ({})) {
  const calls: Call[] = [];
  const handle = async ({ method, path, headers, body }: Omit<Call, "body"> & { body: string | Uint8Array }) => {
    const call = { method, path, headers, body: Buffer.from(body).toString() };
    const { status = 200, body: answer = {} } = reply(call, calls.push(call) - 1);
    return { response: { statusCode: status, headers: {}, body: Buffer.from(JSON.stringify(answer)) } };
  };
  return { calls, requestHandler: { handle } };
}

/** All that a result may have, with what JSON and UTF-8 must escape or lengthen. */
const RESULTS = [
  result("SIN2-P1", "https://a.example/1", { x_cache: 'Hit "from" cloudfront\\', tier: "EDGE", age: 0, rounds: 2 }),
  result("FRA56-P4", "https://a.example/ä€😀\u2028\n", { bytes: 2 ** 53 - 1, first_byte_ms: 1.5, variant: "br" }),
  result("NRT57-P3", "https://a.example/\ud800", { uncompressed: true, encoding: undefined }),
];

function batch(items: readonly Record<string, AttributeValue>[]) {
  return new BatchWriteItemCommand({ RequestItems: { tasks: items.map((Item) => ({ PutRequest: { Item } })) } });
}

it("sends a batch as the SDK does, byte for byte", async () => {
  const [ours, theirs] = [wire(), wire()];
  const command = () => batch(RESULTS.map(toAttributes));
  await resultClient({ ...CONFIG, requestHandler: ours.requestHandler }).send(command());
  await new DynamoDBClient({ ...CONFIG, requestHandler: theirs.requestHandler }).send(command());
  const [our, their] = [ours.calls[0], theirs.calls[0]];
  expect(JSON.parse(our?.body ?? "").RequestItems.tasks).toHaveLength(RESULTS.length);
  expect(our?.body).toBe(their?.body);
  expect([our?.method, our?.path]).toEqual([their?.method, their?.path]);
  expect(Object.keys(our?.headers ?? {}).toSorted()).toEqual(Object.keys(their?.headers ?? {}).toSorted());
  for (const name of ["content-type", "content-length", "x-amz-target", "x-amz-content-sha256"])
    expect(our?.headers[name], name).toBe(their?.headers[name]);
});

it("speaks the protocol of the client's own copy of the SDK: with another one, its errors would not be known", () => {
  expect(new DynamoDBClient(CONFIG).config.protocol).toBeInstanceOf(AwsJson1_0Protocol);
  expect(resultClient(CONFIG).config.protocol).toBeInstanceOf(AwsJson1_0Protocol);
});

it("sends anything else by the SDK", async () => {
  const { calls, requestHandler } = wire();
  const Item = { task_key: { S: "r1#0" }, raw: { B: new Uint8Array([1, 2, 3]) } };
  await resultClient({ ...CONFIG, requestHandler }).send(new PutItemCommand({ TableName: "tasks", Item }));
  expect(JSON.parse(calls[0]?.body ?? "").Item.raw).toEqual({ B: "AQID" });
});

it("many calls at once each send their own batch, though they share what is put together once", async () => {
  const { calls, requestHandler } = wire();
  const client = resultClient({ ...CONFIG, requestHandler });
  await Promise.all(times(50, (i) => client.send(batch([{ task_key: { S: `r1#${i}` }, pop_url: { S: `p#${i}` } }]))));
  const keys = calls.map(({ body }) => JSON.parse(body).RequestItems.tasks[0].PutRequest.Item.task_key.S);
  expect(keys.toSorted()).toEqual(times(50, (i) => `r1#${i}`).toSorted());
  expect(new Set(calls.map(({ headers }) => headers["authorization"])).size).toBe(50);
});

it("tries again with the same body, and says which items DynamoDB left", async () => {
  const { calls, requestHandler } = wire(({ body }, n) => {
    if (n === 0) return { status: 500, body: { __type: "InternalServerError" } };
    const [first] = JSON.parse(body).RequestItems.tasks;
    return { body: { UnprocessedItems: { tasks: [first] } } };
  });
  const table = new RequestTaskTable(resultClient({ ...CONFIG, requestHandler }), "tasks", () => undefined);
  expect(await table.putGood(RESULTS)).toEqual([RESULTS[0]]);
  expect(calls.map(({ body }) => body)).toEqual([calls[0]?.body, calls[0]?.body]);
});

it("throws what the SDK throws", async () => {
  const { requestHandler } = wire(() => ({
    status: 400,
    body: { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message: "no table" },
  }));
  const sending = resultClient({ ...CONFIG, requestHandler }).send(batch([{ task_key: { S: "r1#0" } }]));
  await expect(sending).rejects.toMatchObject({ name: "ResourceNotFoundException", message: "no table" });
});
