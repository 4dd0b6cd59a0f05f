import fc from "fast-check";
import {
  asTaskUrl,
  fnv1a,
  fromRow,
  resultShardCount,
  shardKey,
  taskKey,
  toRow,
  UNFINISHED,
  UnreadableRowError,
  unfinishedResult,
  urlVariantKey,
} from "../../../domain/plan/task.ts";
import { lostFailure } from "../../../domain/result/failure.ts";

it.each([
  [0, 1],
  [1, 1],
  [5_000, 1],
  [5_001, 2],
  [10_000, 2],
  [36_000_000, 1_024],
])("shards of a request's results: %i tasks: %i", (tasks, shards) => expect(resultShardCount(tasks)).toBe(shards));

it("shards of a request's results: a task's shard is the hash of its sort key, and always one of the request's", () => {
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

it("shards of a request's results tasks spread evenly", () => {
  const load = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const { task_key } = taskKey("r1", { pop: "SIN2-P1", url: `https://cdn.example.com/file-${i}.bin` }, 20);
    load.set(task_key, (load.get(task_key) ?? 0) + 1);
  }
  expect(load.size).toBe(20);
  expect(Math.max(...load.values())).toBeLessThan(1_300);
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

it("a row of the list of good URLs comes back as it went", () => {
  const absent = { nil: undefined };
  const url = fc.record({
    url: fc.webUrl(),
    bytes: fc.option(fc.nat()),
    variant: fc.option(fc.constantFrom("br", "-gzip"), absent),
    source: fc.option(fc.integer({ min: 1 }), absent),
    pops: fc.option(fc.constantFrom("0f", "80"), absent),
    sample: fc.option(fc.constant(true as const), absent),
  });
  fc.assert(
    fc.property(url, (it) => {
      expect(fromRow(toRow(it).map((field) => String(field ?? "")))).toEqual(it);
    }),
  );
  expect(toRow({ url: "https://a.example/7", bytes: 1, variant: "br", source: 2, pops: "80" })).toEqual([
    ...["https://a.example/7", 1, "br", 2, "80", undefined],
  ]);
});

it("a row of the list of good URLs may have 0 for a source: the caller named it", () => {
  expect(fromRow(["https://a.example/4", "7", "", "0"])).toEqual({ url: "https://a.example/4", bytes: 7 });
});

it("a row of the list of good URLs is more than a message carries", () => {
  const sent = { url: "https://a.example/8", bytes: 1, variant: "br" };
  expect(asTaskUrl({ ...sent, source: 1, pops: "80", attempts: 2, first_attempt_at: 1 })).toEqual(sent);
  expect(asTaskUrl({ url: "https://a.example/9", bytes: null })).toEqual({ url: "https://a.example/9", bytes: null });
});

it("the forms of a URL have different keys, and a form without a name has the URL itself", () => {
  const url = "https://a.example/1";
  expect([{ url }, { url, variant: "br" }, { url, variant: "gzip" }].map(urlVariantKey)).toEqual([
    url,
    `${url}#br`,
    `${url}#gzip`,
  ]);
});

it.each([
  "",
  ",10",
  "https://a.example/,ten",
  "https://a.example/,-1",
  "https://a.example/,1,,2x",
  "https://a.example/,1,,x2",
  "https://a.example/,1,,2,0g",
  "https://a.example/,1,,2,g0",
  "https://a.example/,1,,2,0F",
])("a row that is damaged is an error: %s", (row) => expect(() => fromRow(row.split(","))).toThrow(UnreadableRowError));

const REQUEST = { req_id: "r7", shards: 300, expire_at: 1_800_000_007 };

it("the result of a task that no agent finished stands under the task's key, has failed, and says why", () => {
  const id = { pop: "SIN2-P1", url: "https://a.example/9", variant: "br" };
  expect(unfinishedResult(REQUEST, id, lostFailure(3))).toEqual({
    ...taskKey("r7", id, 300),
    req_id: "r7",
    pop: "SIN2-P1",
    url: "https://a.example/9",
    variant: "br",
    ok: false,
    bytes: 0,
    ms: 0,
    attempts: 0,
    expire_at: 1_800_000_007,
    reason: "lost",
    error: "lost: no agent finished it, though it was queued 3 times",
  });
});

it("a task that had no result when its request ended is lost", () => {
  const { reason, error } = unfinishedResult(REQUEST, { pop: "SIN2-P1", url: "https://a.example/9" }, UNFINISHED);
  expect([reason, error]).toEqual(["lost", "no result: the request ended before an agent finished it"]);
});

it.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("%j hashes as that function's published vectors say", (text, hash) => expect(fnv1a(text)).toBe(hash));
