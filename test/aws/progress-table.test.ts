import { KEY, ProgressTable } from "../../aws/progress-table.ts";
import { AwsError } from "../../tools/memory-aws/aws-http.ts";
import { times } from "../collect.ts";
import { batchCount, count, fullHeartbeat, heartbeat } from "../lambdas/items.ts";
import { memoryDb } from "./memory-db.ts";

const EXPIRES = 1_800_000_000;

function table(...intercept: Parameters<typeof memoryDb>) {
  const memory = memoryDb(...intercept);
  return {
    ...memory,
    progress: new ProgressTable(memory.db, "progress", memory.onUnparseable),
    /** Writes items as somebody else might. */
    forge: (key: string, ...items: readonly object[]) => {
      for (const item of items) memory.put("progress", { key, ...item });
    },
    /** How each item of a kind stands, by its sort key. */
    stored: (key: string) =>
      Object.fromEntries(
        memory
          .items("progress")
          .filter((item) => item["key"] === key)
          .map(({ key: _, part, ...item }) => [part, item]),
      ),
  };
}
const denied = () => {
  throw new AwsError("AccessDenied", "no");
};

describe("counters", () => {
  it("of POPs are kept by their places in blocks, without zeros, and named by the request's list", async () => {
    const { progress, stored, forge } = table();
    const blocks = new Map([
      [0, new Map([[1, count(2, 20, 0)]])],
      [1, new Map([[15, count(5, 0, 0, { hit_count: 4 })]])],
    ]);
    await progress.add("r1", batchCount({ total: count(7, 20, 0), shard: 3, blocks }), "a", EXPIRES);
    expect(stored(KEY.pops("r1", 0))).toEqual({ "3": { c1: 2, b1: 20, expire_at: EXPIRES } });
    forge(KEY.pops("r1", 0), { part: "1", c1: 1, f1: 1, n1: 1, w1: 2, x9: 4, c: 1, c2: "many" });
    const pops = times(40, (n) => `POP${n}`);
    expect(await progress.pops("r1", pops)).toEqual(
      new Map([
        ["POP1", count(3, 20, 1, { warm_count: 2, not_kept_count: 1 })],
        ["POP39", count(5, 0, 0, { hit_count: 4 })],
      ]),
    );
  });

  it("are added to within DynamoDB's bounds when a batch changes everything", async () => {
    const { progress, calls } = table();
    const all = count(1, 10, 1, { warm_count: 1, hit_count: 1, not_kept_count: 1 });
    const places = new Map(times(24, (place) => [place, all]));
    const blocks = new Map(times(42, (block) => [block, places]));
    await progress.add("r1", batchCount({ total: all, blocks }), "token", EXPIRES);
    const items: { Update: { UpdateExpression: string } }[] = calls[0]?.input.TransactItems;
    expect(items.length).toBeLessThanOrEqual(100);
    for (const { Update } of items) expect(Update.UpdateExpression.length).toBeLessThan(4_096);
  });

  it("count failures by reason, with their POPs and the first examples that come", async () => {
    const { progress, forge } = table();
    const add = (shard: number, failures: Parameters<typeof batchCount>[0]["failures"] & {}) =>
      progress.add("r1", batchCount({ total: count(1, 0, 1), shard, failures }), String(shard), EXPIRES);
    await add(
      0,
      new Map([
        ["http_4xx", { tasks: 3, pops: [0, 7] }],
        ["tls", { tasks: 1, pops: [1] }],
      ] as const),
    );
    await add(
      1,
      new Map([
        ["http_4xx", { tasks: 2, pops: [7, 9] }],
        ["tls", { tasks: -1, pops: [] }],
      ] as const),
    );
    const example = (pop: string) => [{ url: "https://a.example/", pop, error: "HTTP 403", http_status: 403 }];
    for (const pop of ["SIN2-P1", "FRA56-P4"])
      await progress.putFailureExamples("r1", "http_4xx", example(pop), EXPIRES);
    // Agents of a newer version, or what is none.
    forge(
      KEY.fails("r1"),
      { part: "2", t_too_warm: 5, t_lost: "many" },
      { part: "3", t_timeout: 9, p_timeout: "all" },
      { part: "examples#timeout", examples: "none" },
    );
    expect(await progress.failures("r1")).toEqual([
      { code: "timeout", subject: "task", tasks: 9, pops: 0, urls: null, examples: [] },
      { code: "http_4xx", subject: "task", tasks: 5, pops: 3, urls: null, examples: example("SIN2-P1") },
    ]);
  });

  it("keep examples of what came uncompressed: of each shard those of its first batch, three in all", async () => {
    const { progress, forge } = table();
    const add = (token: string, shard: number, ...uncompressed: string[]) =>
      progress.add(
        "r1",
        batchCount({ total: count(0, 0, 0, { uncompressed_count: 1 }), shard, uncompressed }),
        token,
        EXPIRES,
      );
    await add("a", 0, "u1", "u2");
    await add("b", 0, "u5");
    await add("c", 1, "u2", "u3", "u4");
    await progress.add("r1", batchCount({ shard: 1 }), "of no change", EXPIRES);
    forge(KEY.count("r1"), { part: "2", uncompressed: 7 }, { part: "3", failed_count: "x" });
    expect(await progress.count("r1")).toEqual({
      count: count(0, 0, 0, { uncompressed_count: 3 }),
      uncompressed: ["u1", "u2", "u3"],
    });
  });

  it("wait for another batch that is in the way", async () => {
    const reasons = { CancellationReasons: [{ Code: "TransactionConflict" }] };
    const { progress, calls } = table((_, n) => {
      if (n === 0) throw new AwsError("TransactionCanceledException", "conflict", reasons);
      return undefined;
    });
    await progress.add("r1", batchCount({ total: count(1, 1, 0) }), "token", EXPIRES);
    expect(calls).toHaveLength(2);
  });

  it("and all else of a request are read strongly", async () => {
    const { progress, calls } = table();
    await Promise.all([progress.of("r1"), progress.pops("r1", ["SIN2-P1"])]);
    expect(calls).toHaveLength(3);
    for (const { input } of calls) expect(input.ConsistentRead).toBe(true);
  });
});

it("what is written of a request expires when it is told to", async () => {
  const { progress, items } = table();
  const failures = new Map([["tls", { tasks: 1, pops: [] }]] as const);
  const blocks = new Map([[0, new Map([[0, count(1, 0, 1)]])]]);
  await progress.add("r1", batchCount({ total: count(1, 0, 1), blocks, failures }), "token", EXPIRES);
  await progress.correct("r1", count(1, 0, 0), EXPIRES);
  await progress.putLastResultTime("r1", 17, EXPIRES);
  await progress.putFailureExamples("r1", "tls", [], EXPIRES);
  await progress.writeHeartbeat("r1", heartbeat(), EXPIRES);
  expect(items("progress").map((item) => item["expire_at"])).toEqual(Array(7).fill(EXPIRES));
});

it("what is written once is the time of the newest result: it only moves forward", async () => {
  const { progress } = table();
  for (const at of [17, 16, 18]) await progress.putLastResultTime("r1", at, EXPIRES);
  expect((await progress.count("r1")).lastResultAt).toBe(18);
});

it("what is written once fails where the table cannot be written at all", async () => {
  const { progress } = table(denied);
  await expect(progress.putLastResultTime("r1", 16, EXPIRES)).rejects.toThrow("no");
});

it("heartbeats are written over the process's last one, and leave its permits as they are", async () => {
  const { progress, forge, stored } = table();
  forge(KEY.heartbeat("r1"), { part: "i-1#2", permits: 3 });
  await progress.writeHeartbeat("r1", heartbeat({ worker: "2", retrying: fullHeartbeat().retrying }), EXPIRES);
  await progress.writeHeartbeat("r1", heartbeat({ worker: "2", tasks: 9 }), EXPIRES);
  expect(stored(KEY.heartbeat("r1"))).toEqual({
    "i-1#2": { ...heartbeat({ worker: "2", tasks: 9 }), permits: 3, expire_at: EXPIRES },
  });
});

it("heartbeats are read with the counters, and one that is none is told of", async () => {
  const { progress, forge, unreadable } = table();
  await progress.writeHeartbeat("r1", heartbeat(), EXPIRES);
  forge(KEY.heartbeat("r1"), { part: "i-2#1", ...heartbeat({ instance: "i-2" }), tasks: -1 });
  expect(await progress.of("r1")).toEqual({ count: count(0, 0, 0), heartbeats: [heartbeat()] });
  expect(unreadable).toMatchObject([{ kind: "heartbeat", key: "r1 i-2#1", problem: expect.stringContaining("tasks") }]);
});

it("heartbeats are read up to a number of pages", async () => {
  const { progress, calls } = table(() => ({ Items: [], LastEvaluatedKey: { part: { S: "7" } } }));
  await progress.heartbeats("r1");
  expect(calls).toHaveLength(6);
});

it("POPs that resolved are noted for a year, and read without what cannot be read", async () => {
  const { progress, forge, stored, unreadable } = table();
  await progress.recordResolved(["SIN2-P1", "FRA56-P4"], 1_713_237_141_046);
  const expire_at = 1_713_237_141 + 366 * 86_400;
  expect(stored(KEY.resolved)["SIN2-P1"]).toEqual({ at: 1_713_237_141_046, expire_at });
  forge(
    KEY.resolved,
    { part: "SIN2-P1", at: 5, more: "of a newer version" },
    { part: "ICN51-C1", at: "soon" },
    { part: "BOM51-C1", at: 8.7e15 },
  );
  expect(await progress.resolvedPops()).toEqual(
    new Map([
      ["FRA56-P4", 1_713_237_141_046],
      ["SIN2-P1", 5],
    ]),
  );
  expect(unreadable.map(({ kind, key }) => [kind, key])).toEqual([
    ["resolved POP", "BOM51-C1"],
    ["resolved POP", "ICN51-C1"],
  ]);
});
