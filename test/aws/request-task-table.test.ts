import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it, vi } from "vitest";
import { fromAttributes, toAttributes } from "../../aws/dynamodb.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { collect } from "../collect.ts";
import { result } from "../lambdas/items.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";
import { memoryTable } from "./memory-table.ts";

useVirtualClock();

function newTable(answer: (command: Sent, n: number) => unknown = () => ({})) {
  const { client, sent } = fakeClient<DynamoDBClient>(answer);
  const unreadable: UnparseableItem[] = [];
  return { table: new RequestTaskTable(client, "tasks", (it) => unreadable.push(it)), sent, unreadable };
}

const url = "https://a.example/";
const LARGE = { ok: false, error: "x".repeat(16_000) };
const stored = (pop: string) => toAttributes(result(pop, url, { error: "HTTP 403" }));

it("an item comes back as it went", () => {
  const item = result("SIN2-P1", url, { ok: false, error: "HTTP 403", http_status: 403 });
  expect(fromAttributes(toAttributes(item))).toEqual(item);
  expect(toAttributes({ ...item, error: undefined })).not.toHaveProperty("error");
  expect(fromAttributes({ ...toAttributes(item), newer: { L: [] } })).toEqual(item);
});

describe("reading a request's results", () => {
  it("takes every shard, page by page, strongly", async () => {
    const pages: Record<string, object[]> = {
      "r1#0": [{ Items: [stored("SIN2-P1")], LastEvaluatedKey: { pop_url: "x" } }, { Items: [stored("FRA56-P4")] }],
      "r1#1": [{ Items: [] }],
      "r1#8": [{ Items: [stored("NRT57-P3")] }],
    };
    const { table, sent } = newTable(
      ({ input }) => pages[input.ExpressionAttributeValues[":key"].S]?.shift() ?? { Items: [] },
    );
    const all = await collect(table.of("r1", 0, 9));
    expect(all.map(({ pop, error }) => [pop, error]).toSorted()).toEqual(
      ["FRA56-P4", "NRT57-P3", "SIN2-P1"].map((pop) => [pop, "HTTP 403"]),
    );
    const keys = sent.map(({ input }) => [input.ExpressionAttributeValues[":key"].S, input.ConsistentRead]);
    const asked = [0, 0, 1, 2, 3, 4, 5, 6, 7, 8].map((shard) => [`r1#${shard}`, true]);
    expect(keys.toSorted()).toEqual(asked.toSorted());
  });

  it("holds some pages at a time, however many there are and however large their items are", async () => {
    const PAGES = 20;
    const SHARDS = 24;
    // 64 of 16,000 characters are a page of 1 MB.
    const page = () => Array.from({ length: 64 }, (_, i) => toAttributes(result("SIN2-P1", `${url}${i}`, LARGE)));
    let answered = 0;
    let read = 0;
    let most = 0;
    const { table } = newTable(({ input }) => {
      const n = Number(input.ExclusiveStartKey?.pop_url.S ?? 0) + 1;
      most = Math.max(most, ++answered - read / 64);
      return { Items: page(), ...(n < PAGES && { LastEvaluatedKey: { pop_url: { S: String(n) } } }) };
    });
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

  it("an error of any page ends it, and nothing is left behind", async () => {
    const { table } = newTable((_, n) => (n < 3 ? { Items: [stored("SIN2-P1")] } : Promise.reject(awsError("Oh no"))));
    await expect(collect(table.of("r1", 0, 20))).rejects.toThrow("Oh no");
  });

  it("passes over one that cannot be read, and tells of it with its keys", async () => {
    const { bytes: _, ...spoilt } = stored("GRU1-C2");
    const { table, unreadable } = newTable(() => ({ Items: [stored("SIN2-P1"), spoilt, {}] }));
    expect((await collect(table.of("r1", 0, 1))).map(({ pop }) => pop)).toEqual(["SIN2-P1"]);
    expect(unreadable).toMatchObject([
      { kind: "task result", key: `r1#0 GRU1-C2#${url}` },
      { kind: "task result", key: "undefined undefined" },
    ]);
    expect(unreadable[0]?.problem).toContain("bytes");
  });
});

describe("reading the results of one POP", () => {
  it("asks every shard for that POP's keys alone, page by page, and not strongly: nothing is written any more", async () => {
    const pages: Record<string, object[]> = {
      "r1#0": [{ Items: [stored("SIN2-P1")], LastEvaluatedKey: { pop_url: "x" } }, { Items: [stored("SIN2-P1")] }],
      "r1#9": [{ Items: [stored("SIN2-P1")] }],
    };
    const { table, sent } = newTable(
      ({ input }) => pages[input.ExpressionAttributeValues[":key"].S]?.shift() ?? { Items: [] },
    );
    expect(await collect(table.ofPop("r1", "SIN2-P1", 10, () => undefined))).toHaveLength(3);
    expect(sent).toHaveLength(11);
    expect(sent[0]?.input).toMatchObject({
      KeyConditionExpression: "task_key = :key AND begins_with(pop_url, :pop)",
      // With its end: SIN2-P1 is not the beginning of SIN2-P10.
      ExpressionAttributeValues: { ":pop": { S: "SIN2-P1#" } },
      ConsistentRead: false,
      ProjectionExpression: "#task_key, #ok, #outcome, #reason, #error, #http_status, #pop_url",
    });
  });

  it("tells what is billed of each page, which is more than what is asked for", async () => {
    const Items = [stored("SIN2-P1")];
    const { table, sent } = newTable(() => ({ Items, ConsumedCapacity: { CapacityUnits: 0.5 } }));
    const read: number[] = [];
    await collect(table.ofPop("r1", "SIN2-P1", 2, (bytes) => read.push(bytes)));
    expect(read).toEqual([4_096, 4_096]);
    expect(sent[0]?.input).toMatchObject({ ReturnConsumedCapacity: "TOTAL" });
  });

  it("passes over one that cannot be read", async () => {
    const { ok: _, ...spoilt } = stored("SIN2-P1");
    const { table, unreadable } = newTable(() => ({ Items: [spoilt, stored("SIN2-P1")] }));
    expect(await collect(table.ofPop("r1", "SIN2-P1", 1, () => undefined))).toMatchObject([
      { pop_url: `SIN2-P1#${url}`, ok: true },
    ]);
    expect(unreadable).toHaveLength(1);
  });
});

describe("writing", () => {
  it("where there is none leaves what came meanwhile", async () => {
    const { table, sent } = newTable((_, n) => {
      if (n === 1) throw awsError("ConditionalCheckFailedException");
      return {};
    });
    await table.putIfAbsent(Array.from({ length: 3 }, (_, i) => result("SIN2-P1", `${url}${i}`)));
    expect(sent.map(({ input }) => [input.Item.url.S, input.ConditionExpression])).toEqual(
      [0, 1, 2].map((i) => [`${url}${i}`, "attribute_not_exists(pop_url)"]),
    );
    const denied = newTable(() => Promise.reject(awsError("AccessDenied"))).table;
    await expect(denied.putIfAbsent([result("SIN2-P1", "u")])).rejects.toThrow("AccessDenied");
  });

  it("a failure replaces a failure, and never a success", async () => {
    const { client, items } = memoryTable<DynamoDBClient>("task_key", "pop_url");
    const table = new RequestTaskTable(client, "tasks", () => {});
    const failed = (error: string) => result("SIN2-P1", url, { ok: false, error });
    await table.putFailure(failed("first"));
    await table.putFailure(failed("second"));
    expect([...items.values()]).toMatchObject([{ ok: { BOOL: false }, error: { S: "second" } }]);
    items.clear();
    await table.putIfAbsent([result("SIN2-P1", url)]);
    await table.putFailure(failed("late"));
    expect([...items.values()]).toMatchObject([{ ok: { BOOL: true } }]);
  });

  it("good ones says which were not taken", async () => {
    const { table } = newTable(({ input }) => ({ UnprocessedItems: { tasks: input.RequestItems.tasks.slice(1) } }));
    const results = ["SIN2-P1", "FRA56-P4", "GRU1-C2"].map((pop) => result(pop, url));
    expect(await table.putGood(results)).toEqual(results.slice(1));
    expect(await newTable().table.putGood(results)).toEqual([]);
  });
});

describe("which results stand", () => {
  const key = (n: number) => ({ task_key: "r1#0", pop_url: `SIN2-P1#${url}${n}` });
  const stands = (n: number) => toAttributes({ ...key(n), ok: true });

  it("is asked by keys alone and strongly, a hundred at a time and none twice", async () => {
    const { table, sent } = newTable(({ input }) => {
      const [first] = input.RequestItems["tasks"].Keys;
      return { Responses: { tasks: [{ ...first, ok: { BOOL: true } }] } };
    });
    const keys = Array.from({ length: 150 }, (_, n) => key(n));
    const found = await table.findExisting([...keys, key(0)]);
    expect([...found]).toEqual([key(0), key(100)].map(({ pop_url }) => [pop_url, { ok: true }]));
    expect(sent.map(({ name, input }) => [name, input.RequestItems.tasks.Keys.length])).toEqual([
      ["BatchGetItemCommand", 100],
      ["BatchGetItemCommand", 50],
    ]);
    expect(sent[0]?.input.RequestItems.tasks).toMatchObject({
      Keys: [toAttributes(key(0)), expect.anything(), ...Array.from({ length: 98 }, () => expect.anything())],
      ConsistentRead: true,
      ProjectionExpression:
        "#task_key, #pop_url, #ok, #reason, #http_status, #addresses, #rec_unsure, #hit_after_download, #rounds",
    });
  });

  it("says whether it is good, and why not; one that cannot be read counts as none and is told of", async () => {
    const failed = { ok: false, reason: "http_4xx", http_status: 404 };
    const items = [toAttributes({ ...key(0), ...failed }), toAttributes({ ...key(1), ok: "yes" })];
    const { table, unreadable } = newTable(() => ({ Responses: { tasks: items } }));
    expect([...(await table.findExisting([key(0), key(1)]))]).toEqual([[key(0).pop_url, failed]]);
    expect(unreadable).toMatchObject([{ kind: "task result", key: `r1#0 ${key(1).pop_url}` }]);
  });

  it("is asked again for what DynamoDB left unprocessed, and not for ever", async () => {
    const left = { tasks: { Keys: [toAttributes(key(1))] } };
    const { table, sent } = newTable((_, n) =>
      n === 0 ? { Responses: { tasks: [stands(0)] }, UnprocessedKeys: left } : { Responses: { tasks: [stands(1)] } },
    );
    expect([...(await table.findExisting([key(0), key(1)])).keys()]).toEqual([key(0).pop_url, key(1).pop_url]);
    expect(sent[1]?.input.RequestItems.tasks.Keys).toEqual([toAttributes(key(1))]);
    vi.spyOn(Math, "random").mockReturnValue(-0.5);
    const stuck = newTable(() => ({ UnprocessedKeys: left }));
    await expect(stuck.table.findExisting([key(1)])).rejects.toThrow("1 keys of tasks stayed unprocessed");
    vi.restoreAllMocks();
  });
});
