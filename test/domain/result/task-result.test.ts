import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { popUrlKey, shardCount, shardKey, taskKey, taskResultSchema } from "../../../domain/result/task-result.ts";

describe("shards of a request's results", () => {
  it.each([
    [0, 1],
    [1, 1],
    [5_000, 1],
    [5_001, 2],
    [10_000, 2],
    [36_000_000, 1_024],
  ])("%i tasks: %i", (tasks, shards) => {
    expect(shardCount(tasks)).toBe(shards);
  });

  it("a key's shard is its FNV-1a hash, by that function's published vectors", () => {
    expect(taskKey("r1", "a", 1_024)).toBe(`r1#${0xe40c292c % 1_024}`);
    expect(taskKey("r1", "foobar", 1_000)).toBe(`r1#${0xbf9cf968 % 1_000}`);
  });

  it("a task's key is always one of the request's shards", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 1_024 }), (id, key, shards) => {
        const shard = Number(taskKey(id, key, shards).slice(id.length + 1));
        expect(taskKey(id, key, shards)).toBe(shardKey(id, shard));
        expect(shard).toBeGreaterThanOrEqual(0);
        expect(shard).toBeLessThan(shards);
      }),
    );
  });

  it("tasks spread evenly", () => {
    const load = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const key = taskKey("r1", popUrlKey("SIN2-P1", `https://cdn.example.com/file-${i}.bin`), 20);
      load.set(key, (load.get(key) ?? 0) + 1);
    }
    expect(load.size).toBe(20);
    expect(Math.max(...load.values())).toBeLessThan(1_300);
  });
});

describe("the sort key of a task", () => {
  const pop = "SIN2-P1";
  const urlOfKeyLength = (bytes: number) => `https://h.example/${"a".repeat(bytes - pop.length - 1 - 18)}`;

  it("is the POP and the URL, as far as DynamoDB takes it", () => {
    const url = urlOfKeyLength(1_024);
    expect(popUrlKey(pop, url)).toBe(`${pop}#${url}`);
    expect(Buffer.byteLength(popUrlKey(pop, url))).toBe(1_024);
  });

  it("is a digest of a longer URL, one for each", () => {
    const key = popUrlKey(pop, urlOfKeyLength(1_025));
    expect(key).toMatch(/^SIN2-P1#sha256:[0-9a-f]{64}$/);
    expect(popUrlKey(pop, `${urlOfKeyLength(1_025)}b`)).not.toBe(key);
    expect(popUrlKey("FRA56-P4", urlOfKeyLength(1_025))).toMatch(/^FRA56-P4#sha256:/);
  });
});

describe("a result", () => {
  const failed = {
    ...{ task_key: "r1#0", pop_url: "p#u", req_id: "r1", pop: "p", url: "u", ok: false },
    ...{ bytes: 0, ms: 1, attempts: 3, error: "HTTP 503", expire_at: 1 },
  };

  it("of an agent that did not store reasons yet is read", () => {
    expect(taskResultSchema.parse(failed)).toEqual(failed);
  });

  it.each([
    ["http_5xx", "http_5xx"],
    ["too_warm", "other"],
    [7, "other"],
  ])("with the reason %j has the reason %j", (stored, reason) => {
    expect(taskResultSchema.parse({ ...failed, reason: stored })).toEqual({ ...failed, reason });
  });
});
