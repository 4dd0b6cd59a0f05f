import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fnv1a, resultShardCount, shardKey, sortKeyOf, sortKeysOf, taskKey } from "../../../domain/plan/task.ts";

describe("shards of a request's results", () => {
  it.each([
    [0, 1],
    [1, 1],
    [5_000, 1],
    [5_001, 2],
    [10_000, 2],
    [36_000_000, 1_024],
  ])("%i tasks: %i", (tasks, shards) => {
    expect(resultShardCount(tasks)).toBe(shards);
  });

  it("a task's shard is the hash of its sort key, and always one of the request's", () => {
    const anyId = fc.record({ pop: fc.string(), url: fc.string({ unit: "binary" }) });
    fc.assert(
      fc.property(fc.uuid(), anyId, fc.integer({ min: 1, max: 1_024 }), (reqId, id, shards) => {
        const { task_key, pop_url } = taskKey(reqId, id, shards);
        expect(task_key).toBe(shardKey(reqId, fnv1a(pop_url) % shards));
        const shard = Number(task_key.slice(reqId.length + 1));
        expect(shard).toBeGreaterThanOrEqual(0);
        expect(shard).toBeLessThan(shards);
      }),
    );
  });

  it("tasks spread evenly", () => {
    const load = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const { task_key } = taskKey("r1", { pop: "SIN2-P1", url: `https://cdn.example.com/file-${i}.bin` }, 20);
      load.set(task_key, (load.get(task_key) ?? 0) + 1);
    }
    expect(load.size).toBe(20);
    expect(Math.max(...load.values())).toBeLessThan(1_300);
  });
});

describe("the sort key of a task", () => {
  const pop = "SIN2-P1";
  const urlOfKeyLength = (bytes: number) => `https://h.example/${"a".repeat(bytes - pop.length - 1 - 18)}`;
  const sortKey = (id: Parameters<typeof taskKey>[1]) => taskKey("r1", id, 1).pop_url;

  it("is the POP and the URL, as far as DynamoDB takes it", () => {
    const url = urlOfKeyLength(1_024);
    expect(sortKey({ pop, url })).toBe(`${pop}#${url}`);
    expect(Buffer.byteLength(sortKey({ pop, url }))).toBe(1_024);
  });

  it("is a digest of a longer URL, one for each", () => {
    const key = sortKey({ pop, url: urlOfKeyLength(1_025) });
    expect(key).toMatch(/^SIN2-P1#sha256:[0-9a-f]{64}$/);
    expect(sortKey({ pop, url: `${urlOfKeyLength(1_025)}b` })).not.toBe(key);
    expect(sortKey({ pop: "FRA56-P4", url: urlOfKeyLength(1_025) })).toMatch(/^FRA56-P4#sha256:/);
  });

  it("tells variants of a URL apart, long or short; the only one of a request has no name", () => {
    for (const url of ["https://h.example/a", urlOfKeyLength(1_025)]) {
      const keys = [undefined, "br", "gzip"].map((variant) => sortKey({ pop, url, variant }));
      expect(new Set(keys).size).toBe(3);
      expect(keys[0]).toBe(sortKey({ pop, url }));
      expect(keys[1]).toBe(`${keys[0]}#br`);
    }
  });
});

it("the sort keys of a POP have a beginning that no other POP's have", () => {
  const url = "https://h.example/a";
  expect(sortKeyOf({ pop: "SIN2-P1", url }).startsWith(sortKeysOf("SIN2-P1"))).toBe(true);
  expect(sortKeyOf({ pop: "SIN2-P10", url }).startsWith(sortKeysOf("SIN2-P1"))).toBe(false);
});
