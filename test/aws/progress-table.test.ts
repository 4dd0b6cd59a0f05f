import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { ProgressTable } from "../../aws/progress-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { batchCount, count, heartbeat } from "../lambdas/items.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

const EXPIRES = 1_800_000_000;

function table(answer: (command: Sent, n: number) => unknown = () => ({})) {
  const { client, sent } = fakeClient<DynamoDBDocument>(answer);
  const unreadable: UnparseableItem[] = [];
  return { sent, unreadable, progress: new ProgressTable(client, "progress", (it) => unreadable.push(it)) };
}

/** What an update does, with its placeholders filled in. Every one that is used is given, and none to spare. */
function written({ Key, UpdateExpression, ConditionExpression = "", ...rest }: Sent["input"]) {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values } = rest;
  const used = `${UpdateExpression} ${ConditionExpression}`.match(/[#:]\w+/g) ?? [];
  expect(new Set(used)).toEqual(new Set([...Object.keys(names), ...Object.keys(values)]));
  const filled = UpdateExpression.replace(/[#:]\w+/g, (it: string) => names[it] ?? values[it]);
  return [Key.key, Key.part, filled];
}
const transacted = ({ input }: Sent) => input.TransactItems.map((it: { Update: Sent["input"] }) => written(it.Update));

describe("counters", () => {
  it("are added to in one transaction under the batch's token: a shard of the request, and of each block of POPs", async () => {
    const { sent, progress } = table();
    const blocks = new Map([
      [0, new Map([[7, count(2, 20, 0)]])],
      [3, new Map([[0, count(1, 0, 1)]])],
    ]);
    await progress.add("r1", batchCount({ total: count(3, 20, 1), shard: 5, blocks }), "token", EXPIRES);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.input.ClientRequestToken).toBe("token");
    expect(transacted(sent[0] as Sent)).toEqual([
      ["count#r1", "5", `SET expire_at = ${EXPIRES} ADD download_count 3, download_size 20, failed_count 1`],
      ["pops#r1#0", "5", `SET expire_at = ${EXPIRES} ADD c7 2, b7 20`],
      ["pops#r1#3", "5", `SET expire_at = ${EXPIRES} ADD c0 1, f0 1`],
    ]);
  });

  it("are added to within DynamoDB's bounds when a batch changes everything", async () => {
    const { sent, progress } = table();
    const all = count(1, 10, 1, { warm_count: 1, hit_count: 1, not_kept_count: 1, rec_miss_count: 1 });
    const places = new Map(Array.from({ length: 24 }, (_, place) => [place, all]));
    const blocks = new Map(Array.from({ length: 42 }, (_, block) => [block, places]));
    await progress.add("r1", batchCount({ total: count(1, 1, 1), shard: 0, blocks }), "token", EXPIRES);
    const items = sent[0]?.input.TransactItems;
    expect(items.length).toBeLessThanOrEqual(100);
    for (const { Update } of items) expect(Update.UpdateExpression.length).toBeLessThan(4_096);
  });

  it("name the outcomes that there are, and no others", async () => {
    const { sent, progress } = table();
    const total = count(3, 20, 1, { warm_count: 2, not_kept_count: 1 });
    const blocks = new Map([[0, new Map([[7, total]])]]);
    await progress.add("r1", batchCount({ total, shard: 0, blocks }), "token", EXPIRES);
    const all = "ADD download_count 3, download_size 20, failed_count 1, warm_count 2, not_kept_count 1";
    expect(transacted(sent[0] as Sent)).toEqual([
      ["count#r1", "0", `SET expire_at = ${EXPIRES} ${all}`],
      ["pops#r1#0", "0", `SET expire_at = ${EXPIRES} ADD c7 3, b7 20, f7 1, w7 2, n7 1`],
    ]);
  });

  it("count failures by reason in the same write, and come back as what the shards add up to", async () => {
    const { sent, progress } = table();
    const failures = new Map([
      ["http_4xx", { tasks: 3, pops: [0, 7] }],
      ["tls", { tasks: -1, pops: [] }],
    ] as const);
    await progress.add(
      "r1",
      batchCount({ total: count(3, 0, 3), shard: 4, blocks: new Map(), failures }),
      "token",
      EXPIRES,
    );
    const [, update] = sent[0]?.input.TransactItems ?? [];
    expect(update.Update).toMatchObject({
      Key: { key: "fails#r1", part: "4" },
      UpdateExpression: "SET #expire = :expire ADD #c0 :c0, #c1 :c1, #c2 :c2",
      ExpressionAttributeNames: { "#c0": "t_http_4xx", "#c1": "p_http_4xx", "#c2": "t_tls" },
      ExpressionAttributeValues: { ":c0": 3, ":c1": new Set([0, 7]), ":c2": -1 },
    });
    const examples = [{ url: "https://a.example/", pop: "SIN2-P1", error: "HTTP 403", http_status: 403 }];
    const Items = [
      { part: "0", t_http_4xx: 3, p_http_4xx: new Set([0, 7]), t_tls: 1, p_tls: new Set([1]) },
      { part: "1", t_http_4xx: 2, p_http_4xx: new Set([7, 9]), t_tls: -1, t_too_warm: 5, t_lost: "many" },
      { part: "2", t_timeout: 9, p_timeout: "all" },
      { part: "examples#http_4xx", examples },
      { part: "examples#timeout", examples: "none" },
    ];
    expect(await table(() => ({ Items })).progress.failures("r1")).toEqual([
      { code: "timeout", subject: "task", tasks: 9, pops: 0, urls: null, examples: [] },
      { code: "http_4xx", subject: "task", tasks: 5, pops: 3, urls: null, examples },
    ]);
  });

  it("have examples of each reason of failures, which the first that comes gives", async () => {
    const { sent, progress } = table((_, n) =>
      n === 0 ? {} : Promise.reject(awsError("ConditionalCheckFailedException")),
    );
    const examples = [{ url: "https://a.example/", pop: "SIN2-P1" }];
    await progress.putFailureExamples("r1", "tls", examples, EXPIRES);
    await progress.putFailureExamples("r1", "tls", examples, EXPIRES);
    expect(sent.map(({ input }) => input.Item)).toEqual(
      Array(2).fill({ key: "fails#r1", part: "examples#tls", examples, expire_at: EXPIRES }),
    );
  });

  it("keep examples of what came uncompressed in the shard of the first batch that has any, in the same write", async () => {
    const { sent, progress } = table();
    const total = count(1, 9, 0, { uncompressed_count: 1 });
    const examples = ["https://a.example/a.css (br)"];
    const batch = { total, shard: 0, blocks: new Map(), uncompressed: examples };
    await progress.add("r1", batchCount(batch), "token", EXPIRES);
    const set = `SET expire_at = ${EXPIRES}, uncompressed = if_not_exists(uncompressed, ${examples})`;
    const add = "ADD download_count 1, download_size 9, uncompressed_count 1";
    expect(transacted(sent[0] as Sent)).toEqual([["count#r1", "0", `${set} ${add}`]]);
    const Items = [
      { part: "0", uncompressed: ["u1", "u2"], uncompressed_count: 2 },
      { part: "1", uncompressed: ["u2", "u3", "u4"] },
      { part: "2", uncompressed: 7 },
    ];
    expect(await table(() => ({ Items })).progress.of("r1")).toMatchObject({
      count: count(0, 0, 0, { uncompressed_count: 2 }),
      uncompressed: ["u1", "u2", "u3"],
    });
  });

  it("stay where nothing is added", async () => {
    const { sent, progress } = table();
    await progress.add("r1", batchCount({ total: count(0, 0, 0), shard: 0, blocks: new Map() }), "token", EXPIRES);
    expect(transacted(sent[0] as Sent)).toEqual([["count#r1", "0", `SET expire_at = ${EXPIRES}`]]);
  });

  it("wait for another batch that is in the way", async () => {
    const conflict = awsError("TransactionCanceledException", {
      CancellationReasons: [{ Code: "TransactionConflict" }],
    });
    const { sent, progress } = table((_, n) => (n === 0 ? Promise.reject(conflict) : {}));
    await progress.add("r1", batchCount({ total: count(1, 1, 0), shard: 0, blocks: new Map() }), "token", EXPIRES);
    expect(sent).toHaveLength(2);
  });

  it("are put right by a recount", async () => {
    const { sent, progress } = table();
    await progress.correct("r1", count(-2, 30, 0), EXPIRES);
    expect(written(sent[0]?.input)).toEqual([
      ...["count#r1", "recount", `SET expire_at = ${EXPIRES} ADD download_count -2, download_size 30`],
    ]);
  });

  it("are read strongly, all pages of them, and summed", async () => {
    const pages = [
      {
        Items: [
          { part: "0", ...count(3, 30, 1, { warm_count: 2, hit_count: 1 }) },
          { part: "1", download_count: 1, warm_count: 1 },
        ],
        LastEvaluatedKey: { part: "1" },
      },
      {
        Items: [
          { part: "moved", at: 17 },
          { part: "recount", download_count: -1 },
          { part: "2", failed_count: "x" },
        ],
      },
    ];
    const { sent, progress } = table((_, n) => pages[n]);
    expect(await progress.count("r1")).toEqual({
      count: count(3, 30, 1, { warm_count: 3, hit_count: 1 }),
      lastResultAt: 17,
    });
    expect(sent.map(({ input }) => [input.ExpressionAttributeValues[":key"], input.ConsistentRead])).toEqual([
      ["count#r1", true],
      ["count#r1", true],
    ]);
    expect(sent[1]?.input.ExclusiveStartKey).toEqual({ part: "1" });
  });

  it("are nothing where nothing was counted", async () => {
    const nothing = { count: count(0, 0, 0), lastResultAt: undefined };
    expect(await table(() => ({ Items: [] })).progress.count("r1")).toEqual(nothing);
  });

  it("of POPs are read block by block, and named by the request's list", async () => {
    const pops = Array.from({ length: 40 }, (_, n) => `POP${n}`);
    const items: Record<string, object[]> = {
      "pops#r1#0": [
        { part: "0", c1: 2, b1: 20, expire_at: EXPIRES },
        { part: "1", c1: 1, f1: 1, n1: 1, w1: 2, m1: 1, x9: 4, c: 1, c2: "many" },
      ],
      "pops#r1#1": [{ part: "0", c15: 5, h15: 4, c23: 9 }],
    };
    const { progress } = table(({ input }) => ({ Items: items[input.ExpressionAttributeValues[":key"]] }));
    expect(await progress.pops("r1", pops)).toEqual(
      new Map([
        ["POP1", count(3, 20, 1, { warm_count: 2, not_kept_count: 1, rec_miss_count: 1 })],
        ["POP39", count(5, 0, 0, { hit_count: 4 })],
      ]),
    );
  });
});

describe("when a result was counted last", () => {
  it("only moves forward", async () => {
    const { sent, progress } = table();
    await progress.putLastResultTime("r1", 17, EXPIRES);
    expect(written(sent[0]?.input)).toEqual(["count#r1", "moved", `SET at = 17, expire_at = ${EXPIRES}`]);
    expect(sent[0]?.input.ConditionExpression).toBe("attribute_not_exists(#at) OR #at < :at");
    await table(() => Promise.reject(awsError("ConditionalCheckFailedException"))).progress.putLastResultTime(
      "r1",
      16,
      EXPIRES,
    );
    const denied = table(() => Promise.reject(awsError("AccessDenied"))).progress;
    await expect(denied.putLastResultTime("r1", 16, EXPIRES)).rejects.toThrow("AccessDenied");
  });
});

describe("minutes", () => {
  it("store the counters at the start of a minute once: a second write changes nothing", async () => {
    const { sent, progress } = table((_, n) =>
      n === 0 ? {} : Promise.reject(awsError("ConditionalCheckFailedException")),
    );
    for (let n = 0; n < 2; n++) await progress.putMinute("r1", 29_500_000, count(3, 20, 1), EXPIRES);
    expect(sent[1]?.input).toEqual({
      TableName: "progress",
      Item: { key: "minute#r1", part: "29500000", ...count(3, 20, 1), expire_at: EXPIRES },
      ConditionExpression: "attribute_not_exists(part)",
    });
    const denied = table(() => Promise.reject(awsError("AccessDenied"))).progress;
    await expect(denied.putMinute("r1", 1, count(0, 0, 0), EXPIRES)).rejects.toThrow("AccessDenied");
  });

  it("add up the bytes that processes received in one", async () => {
    const { sent, progress } = table();
    await progress.addReceivedBytes("r1", 29_500_000, 700, EXPIRES);
    expect(written(sent[0]?.input)).toEqual([...["bytes#r1", "29500000", `SET expire_at = ${EXPIRES} ADD bytes 700`]]);
  });

  it("are read all, without what is none: instances write the bytes", async () => {
    const items: Record<string, object[]> = {
      "minute#r1": [{ part: "7", download_count: 2, warm_count: 1 }, { part: "now" }, { part: "8", warm_count: "all" }],
      "bytes#r1": [
        ...[
          { part: "7", bytes: 700 },
          { part: "8", bytes: -1 },
          { part: "9", bytes: "1" },
          { part: "x", bytes: 1 },
        ],
        { part: "10", bytes: 1e300 },
      ],
    };
    const { progress } = table(({ input }) => ({ Items: items[input.ExpressionAttributeValues[":key"]] }));
    expect(await progress.minutes("r1")).toEqual({
      began: new Map([[7, count(2, 0, 0, { warm_count: 1 })]]),
      received: new Map([[7, 700]]),
    });
  });
});

describe("heartbeats", () => {
  it("are written over the process's last one", async () => {
    const { sent, progress } = table();
    await progress.writeHeartbeat("r1", heartbeat({ instance: "i-1", worker: "2" }), EXPIRES);
    const { Key, UpdateExpression, ExpressionAttributeValues } = sent[0]?.input ?? {};
    expect(Key).toEqual({ key: "beat#r1", part: "i-1#2" });
    expect(UpdateExpression).toMatch(/REMOVE #received$/);
    const values = Object.entries({ ...heartbeat({ worker: "2" }), expire_at: EXPIRES });
    expect(ExpressionAttributeValues).toEqual(Object.fromEntries(values.map(([name, value]) => [`:${name}`, value])));
  });

  it("leave the permits of the process as they are", async () => {
    const { sent, progress } = table();
    await progress.writeHeartbeat("r1", heartbeat({ received: 7 }), EXPIRES);
    expect(sent[0]?.input.UpdateExpression).toMatch(/^SET /);
    expect(JSON.stringify(sent[0]?.input)).not.toContain("permits");
    expect(sent[0]?.input.ExpressionAttributeValues).toMatchObject({ ":received": 7 });
  });

  it("are read up to a bound, which is reported once: an instance may write as many as it likes", async () => {
    const forged = Array.from({ length: 125_000 }, (_, n) => ({ part: `i-1#${n}`, ...heartbeat({ worker: `${n}` }) }));
    const { progress, unreadable } = table(() => ({ Items: forged }));
    expect(await progress.heartbeats("r1")).toHaveLength(10_000);
    expect(unreadable).toEqual([
      { kind: "heartbeat", key: "r1", problem: "more than 10000 heartbeats; the others are not read" },
    ]);
  });

  it("and minutes of received bytes are read up to a number of pages", async () => {
    const { progress, sent } = table(({ input }) => ({
      Items: [{ part: "7", bytes: 1 }],
      ...(/^(beat|bytes)#/.test(input.ExpressionAttributeValues[":key"]) ? { LastEvaluatedKey: { part: "7" } } : {}),
    }));
    await progress.heartbeats("r1");
    expect(sent).toHaveLength(6);
    await progress.minutes("r1");
    expect(sent).toHaveLength(6 + 6 + 1);
  });

  it("are read with the counters, and one that is none is told of", async () => {
    const items: Record<string, object[]> = {
      "count#r1": [{ part: "0", download_count: 1 }],
      "beat#r1": [
        { part: "i-1#1", ...heartbeat() },
        { part: "i-2#1", ...heartbeat({ instance: "i-2" }), tasks: -1 },
      ],
    };
    const { progress, unreadable } = table(({ input }) => ({ Items: items[input.ExpressionAttributeValues[":key"]] }));
    expect(await progress.of("r1")).toEqual({
      count: count(1, 0, 0),
      lastResultAt: undefined,
      heartbeats: [heartbeat()],
    });
    expect(unreadable).toMatchObject([
      { kind: "heartbeat", key: "r1 i-2#1", problem: expect.stringContaining("tasks") },
    ]);
  });
});
