import { type DynamoDBClient, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { toAttributes } from "../../aws/dynamodb.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { AwsError } from "../../tools/memory-aws/aws-http.ts";
import { collect, times } from "../collect.ts";
import { result } from "../lambdas/items.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { fakeClient } from "./client.ts";
import { memoryDb } from "./memory-db.ts";

useVirtualClock();

const url = "https://a.example/";

function newTable(...intercept: Parameters<typeof memoryDb>) {
  const memory = memoryDb(...intercept);
  return {
    ...memory,
    table: new RequestTaskTable(memory.client, "tasks", memory.onUnparseable),
    stored: () => memory.items("tasks"),
    forge: (item: object) => memory.put("tasks", item),
  };
}
function tableWith(...results: readonly TaskResult[]) {
  const t = newTable();
  for (const it of results) t.forge(it);
  return t;
}
const denied = () => {
  throw new AwsError("AccessDenied", "no");
};
/** A result in a shard. */
const inShard = (shard: number, pop: string) => result(pop, url, { task_key: `r1#${shard}`, error: "HTTP 403" });

it("reading a request's results takes every shard, strongly, and no other", async () => {
  const all = [inShard(0, "SIN2-P1"), inShard(0, "FRA56-P4"), inShard(8, "NRT57-P3")];
  const { table, calls } = tableWith(...all, inShard(9, "GRU1-C2"));
  const read = await collect(table.of("r1", 0, 9));
  const found = ({ pop, error }: (typeof read)[number]) => `${pop} ${error}`;
  expect(read.map(found).toSorted()).toEqual(all.map(({ pop, error }) => `${pop} ${error}`).toSorted());
  expect(calls.map(({ input }) => input.ConsistentRead)).toEqual(Array(9).fill(true));
});

it("reading a request's results holds some pages at a time, however many there are and however large their items are", async () => {
  const PAGES = 20;
  const SHARDS = 24;
  const LARGE = { ok: false, error: "x".repeat(16_000) };
  // 64 of 16,000 characters are a page of 1 MB.
  const Items = times(64, (i) => toAttributes(result("SIN2-P1", `${url}${i}`, LARGE)));
  let answered = 0;
  let read = 0;
  let most = 0;
  const { client } = fakeClient<DynamoDBClient>(({ input }) => {
    const n = Number(input.ExclusiveStartKey?.pop_url.S ?? 0) + 1;
    most = Math.max(most, ++answered - read / 64);
    return { Items, ...(n < PAGES && { LastEvaluatedKey: { pop_url: { S: String(n) } } }) };
  });
  const table = new RequestTaskTable(client, "tasks", () => undefined);
  const before = process.memoryUsage().heapUsed;
  let heap = before;
  for await (const { error } of table.of("r1", 0, SHARDS)) {
    expect(error).toHaveLength(16_000);
    if (++read % 640 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed);
  }
  expect(read).toBe(SHARDS * PAGES * 64);
  expect(most).toBeLessThanOrEqual(10);
  expect((heap - before) / 2 ** 20).toBeLessThan(200);
});

it("reading a request's results an error of any page ends it, and nothing is left behind", async () => {
  const { table } = newTable((_, n) => (n < 3 ? { Items: [] } : denied()));
  await expect(collect(table.of("r1", 0, 20))).rejects.toThrow("no");
});

it("reading a request's results passes over one that cannot be read, and tells of it with its keys", async () => {
  const { bytes: _, ...spoilt } = inShard(0, "GRU1-C2");
  const { table, forge, unreadable } = tableWith(inShard(0, "SIN2-P1"));
  forge(spoilt);
  expect((await collect(table.of("r1", 0, 1))).map(({ pop }) => pop)).toEqual(["SIN2-P1"]);
  const problem = expect.stringContaining("bytes");
  expect(unreadable).toEqual([{ kind: "task result", key: `r1#0 GRU1-C2#${url}`, problem }]);
});

it("writing where there is none leaves what came meanwhile", async () => {
  const [first, second] = [result("SIN2-P1", url), result("FRA56-P4", url)];
  const { table, stored } = tableWith(first);
  await table.putIfAbsent([{ ...first, ok: false }, second]);
  expect(stored()).toEqual([second, first]);
  await expect(newTable(denied).table.putIfAbsent([first])).rejects.toThrow("no");
});

it("writing a failure replaces a failure, and never a success", async () => {
  const failed = (error: string) => result("SIN2-P1", url, { ok: false, error });
  const good = result("FRA56-P4", url);
  const { table, stored } = tableWith(good);
  await table.putFailure(failed("first"));
  await table.putFailure(failed("second"));
  await table.putFailure({ ...good, ok: false });
  expect(stored()).toEqual([good, failed("second")]);
});

it("writing good ones says which were not taken", async () => {
  const results = ["SIN2-P1", "FRA56-P4", "GRU1-C2"].map((pop) => result(pop, url));
  const { table } = newTable(({ input }) => ({ UnprocessedItems: { tasks: input.RequestItems.tasks.slice(1) } }));
  expect(await table.putGood(results)).toEqual(results.slice(1));
  const all = newTable();
  expect(await all.table.putGood(results)).toEqual([]);
  expect(all.stored()).toHaveLength(3);
});

const key = (n: number) => ({ task_key: "r1#0", pop_url: `SIN2-P1#${url}${n}` });

it("which results stand is asked by keys alone and strongly, a hundred at a time and none twice", async () => {
  const { table, calls } = tableWith({ ...result("SIN2-P1", url), ...key(120) });
  const keys = times(150, (n) => key(n));
  expect([...(await table.findExisting([...keys, key(0)]))]).toEqual([[key(120).pop_url, { ok: true }]]);
  expect(calls.map(({ input }) => input.RequestItems.tasks.Keys.length)).toEqual([100, 50]);
  for (const { input } of calls) expect(input.RequestItems.tasks.ConsistentRead).toBe(true);
});

it("which results stand says whether it is good, and why not; one that cannot be read counts as none and is told of", async () => {
  const { table, forge, unreadable } = newTable();
  const failed = { ok: false, reason: "http_4xx", http_status: 404 };
  forge({ ...key(0), ...failed });
  forge({ ...key(1), ok: "yes" });
  expect([...(await table.findExisting([key(0), key(1)]))]).toEqual([[key(0).pop_url, failed]]);
  expect(unreadable).toMatchObject([{ kind: "task result", key: `r1#0 ${key(1).pop_url}` }]);
});

it("which results stand is asked again for what DynamoDB left unprocessed, and not for ever", async () => {
  const left = { tasks: { Keys: [toAttributes(key(1))] } };
  const stands = (n: number) => ({ tasks: [toAttributes({ ...key(n), ok: true })] });
  const { table, calls } = newTable((_, n) =>
    n === 0 ? { Responses: stands(0), UnprocessedKeys: left } : { Responses: stands(1) },
  );
  expect([...(await table.findExisting([key(0), key(1)])).keys()]).toEqual([key(0).pop_url, key(1).pop_url]);
  expect(calls[1]?.input.RequestItems.tasks.Keys).toEqual([toAttributes(key(1))]);
  vi.spyOn(Math, "random").mockReturnValue(-0.5);
  const stuck = newTable(() => ({ UnprocessedKeys: left }));
  await expect(stuck.table.findExisting([key(1)])).rejects.toThrow("1 keys of tasks stayed unprocessed");
  vi.restoreAllMocks();
});

const answered = (name: string, httpStatusCode = 400) =>
  new DynamoDBServiceException({ name, $fault: "client", $metadata: { httpStatusCode } });
const failed = (what: object) => Object.assign(new Error("no answer"), what);

it.each([
  // Each way in which DynamoDB says that it is too much.
  [true, answered("ProvisionedThroughputExceededException")],
  [true, answered("InternalServerError", 500)],
  [true, failed({ code: "ECONNRESET" })],
  [true, failed({ name: "CredentialsProviderError" })],
  [false, answered("ValidationException")],
  // A fault of the program.
  [false, failed({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE" })],
])("that an error of a write is temporary is %s: %s", (expected, error) => {
  expect(newTable().table.isTemporary(error)).toBe(expected);
});
