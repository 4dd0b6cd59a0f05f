import fc from "fast-check";
import { addCount, type Count, isNothing, NO_COUNT, type Sum } from "../../../domain/result/count.ts";
import { progressOfBatch } from "../../../lambdas/aggregation/batch.ts";
import { times } from "../../collect.ts";
import { count } from "../items.ts";
import { type Image, record } from "./records.ts";

const good: Image = { bytes: 10 };
const bad: Image = { ok: false, bytes: 3 };
const warm: Image = { outcome: "warm" };
const notKept: Image = { ...bad, outcome: "not_kept" };
const css: Image = { url: "https://a.example/a.css", uncompressed: true };
const [NOTHING, ONE_GOOD] = [count(0, 0, 0), count(1, 10, 0)];

/** What a batch changes for its one request. */
function progressOf(...records: readonly unknown[]) {
  const { progress } = progressOfBatch(records);
  const [only] = progress;
  if (only === undefined || progress.length > 1) throw new Error(`${progress.length} requests`);
  return only;
}

describe("what a batch changes", () => {
  const CHANGES: [what: string, change: Count, now: Image, before?: Image][] = [
    ["a good result", ONE_GOOD, good],
    ["the same written twice adds nothing", NOTHING, good, good],
    ["a late success corrects a failure", count(0, 10, -1), good, bad],
    ["not kept, which is failed, too", count(1, 0, 1, { not_kept_count: 1 }), notKept],
    ["an outcome that only a newer version knows", ONE_GOOD, { outcome: "hot" }],
    [
      "an uncompressed hit, of whose other warnings the recount alone counts",
      count(1, 10, 0, { hit_count: 1, uncompressed_count: 1 }),
      { ...css, outcome: "hit", tier: "EDGE", warning: "age_constant", size_changed: true },
    ],
    ["a hit of an unknown tier", count(1, 10, 0, { hit_count: 1, no_tier_count: 1 }), { outcome: "hit" }],
    [
      "in the REC alone, after two downloads",
      count(1, 10, 0, { regional_count: 1, transferred_bytes: 25 }),
      { outcome: "regional", tier: "REC", transferred_bytes: 25 },
    ],
    [
      "a POP that keeps what the REC alone kept when the message came before",
      count(0, 0, 0, { regional_count: -1, no_tier_count: -1, warm_count: 1, transferred_bytes: 5 }),
      { outcome: "warm", tier: "EDGE", transferred_bytes: 25 },
      { outcome: "regional", transferred_bytes: 20 },
    ],
    [
      "bytes that were transferred for a failure",
      count(1, 0, 1, { transferred_bytes: 12 }),
      { ...bad, transferred_bytes: 12 },
    ],
  ];
  it.each(CHANGES)("%s", (_, change, now, before) => {
    const { total, pops } = progressOf(record(now, before));
    expect([total, pops.size]).toEqual([change, isNothing(change) ? 0 : 1]);
  });

  it("names a few of those that came uncompressed: each form once, none at length", () => {
    const long = `https://a.example/${"x".repeat(8_000)}`;
    const forms: Image[] = [{ url: "u1", variant: "br" }, { url: "u1", variant: "br" }, { url: "u1" }, { url: long }];
    const { uncompressed } = progressOf(...[...forms, { url: "u4" }].map((it) => record({ ...css, ...it })));
    expect(uncompressed).toEqual(["u1 (br)", "u1", long.slice(0, 199).padEnd(200, "…")]);
    expect(progressOf(record(good)).uncompressed).toEqual([]);
  });

  it("times good results: all of a small batch, a hundred at most of a large one, from all over it", () => {
    expect(progressOf(record({ ms: 7 }), record({ ...bad, ms: 90_000 }), record({ ms: 8 })).durations).toEqual([7, 8]);
    const many = times(1_000, (ms) => record({ ms }));
    expect(progressOf(...many).durations).toEqual(times(100, (i) => i * 10));
    expect(progressOf(...many.slice(0, 101)).durations).toHaveLength(51);
  });

  const FAILURES: [what: string, changes: object, now: Image, before?: Image][] = [
    ["one of each reason", { http_4xx: 1 }, { reason: "http_4xx" }],
    ["another failure than before", { http_4xx: 1, connection: -1 }, { reason: "http_4xx" }, { reason: "connection" }],
    ["one that came good", { connection: -1 }, { ok: true }, { reason: "connection" }],
    ["one of an agent that did not store reasons yet", { other: 1 }, {}],
    ["one that only a newer version knows", { other: 1 }, { reason: "too_warm" }],
  ];
  it.each(FAILURES)("counts failures by reason: %s", (_, changes, now, before) => {
    const { failures } = progressOf(record({ ...bad, ...now }, before && { ...bad, ...before }));
    expect(Object.fromEntries([...failures].map(([reason, { tasks }]) => [reason, tasks]))).toEqual(changes);
  });

  it("has the POPs at which failures were added, and three examples, cut if they are long", () => {
    const long = "x".repeat(9_000);
    const failed = (n: number) =>
      record({ ...bad, reason: "http_4xx", pop: `SIN${n}-P1`, url: `https://a.example/${n}${long}`, variant: "br" });
    const last = record({ ...bad, reason: "tls", pop: long, url: "https://a.example/", error: long, http_status: 495 });
    const came = record({ ok: true, pop: "FRA56-P4" }, { ...bad, reason: "tls", pop: "FRA56-P4" });
    const { failures } = progressOf(...[1, 2, 3, 4, 4].map(failed), last, came);
    const [http, tls] = [failures.get("http_4xx"), failures.get("tls")];
    expect([http?.tasks, [...(http?.pops ?? [])]]).toEqual([5, ["SIN1-P1", "SIN2-P1", "SIN3-P1", "SIN4-P1"]]);
    expect(http?.examples).toHaveLength(3);
    expect(http?.examples[0]).toMatchObject({ variant: "br", pop: "SIN1-P1" });
    expect(tls).toMatchObject({ tasks: 0, examples: [{ url: "https://a.example/", http_status: 495 }] });
    const [example] = tls?.examples ?? [];
    expect([http?.examples[0]?.url, example?.pop, example?.error].map((it) => it?.length)).toEqual([300, 40, 300]);
  });

  const withImage = (change: object) => ({
    eventID: "x",
    dynamodb: { NewImage: { ...record(good).dynamodb.NewImage, ...change } },
  });

  it("counts a result whose outcome is no text", () => {
    expect(progressOf(withImage({ outcome: { N: "1" } })).total).toEqual(ONE_GOOD);
  });

  it.each([
    ["nothing at all", null],
    ["no bytes", withImage({ bytes: undefined })],
    ["bytes in words", withImage({ bytes: { S: "10" } })],
    ["bytes that are no text", withImage({ bytes: { N: 10 } })],
    ["bytes in a list", withImage({ bytes: { N: ["10"] } })],
    ...[-1, 0.5, 2 ** 40 + 1, 1e125].map((bytes): [string, unknown] => [
      `${bytes} bytes, which no file has`,
      withImage({ bytes: { N: String(bytes) } }),
    ]),
  ])("passes a record over that is no result: %s", (_, stranger) => {
    const { progress, invalid } = progressOfBatch([stranger, record(good)]);
    expect(invalid).toEqual([{ record: stranger, key: "", problem: expect.stringMatching(/./) }]);
    expect(progress).toMatchObject([{ reqId: "r1", total: ONE_GOOD }]);
  });

  it("leaves results alone that are removed: they were counted when they were written", () => {
    const removed = { eventID: "x", eventName: "REMOVE", dynamodb: { OldImage: record(good).dynamodb.NewImage } };
    expect(progressOfBatch([removed])).toEqual({ progress: [], invalid: [] });
    expect(progressOf(removed, record(good)).total).toEqual(ONE_GOOD);
  });

  it("adds up to what the table holds, in whatever batches its changes come", () => {
    const image = fc.record({
      bytes: fc.nat(99),
      uncompressed: fc.boolean(),
      // How it came out, if it says so.
      how: fc.constantFrom<Image>({ ok: true }, { ok: false }, warm, notKept),
    });
    const write = fc.record({ reqId: fc.constantFrom("r1", "r2"), task: fc.nat(5), image });
    fc.assert(
      fc.property(fc.array(write), fc.integer({ min: 1, max: 10 }), (writes, size) => {
        const table = new Map<string, Image>();
        const changes = writes.map(({ reqId, task, image: { how, ...rest } }) => {
          const [key, before] = [`${reqId} ${task}`, table.get(`${reqId} ${task}`)];
          table.set(key, { req_id: reqId, ...how, ...rest });
          return record(table.get(key) ?? {}, before);
        });
        const sums = new Map<string, Sum>(["r1", "r2"].map((reqId) => [reqId, { ...NO_COUNT }]));
        const add = (records: unknown[], sign?: -1) => {
          for (const { reqId, total } of progressOfBatch(records).progress)
            addCount(sums.get(reqId) as Sum, total, sign);
        };
        for (let i = 0; i < changes.length; i += size) add(changes.slice(i, i + size));
        add(
          [...table.values()].map((it) => record(it)),
          -1,
        );
        expect([...sums.values()]).toEqual([NO_COUNT, NO_COUNT]);
      }),
    );
  });
});

const of = (eventID: string, image: Image = good) => record(image, undefined, { eventID });
const token = (...records: unknown[]) => progressOf(...records).token;
const [a, b] = [of("a"), of("b")];

it("a batch's token is the same when it is tried again", () => {
  expect(token(a, b)).toBe(token(structuredClone(a), structuredClone(b)));
  expect(token(a, b)).toHaveLength(36);
});

it("a batch's token is another for every other batch, and for each request of a batch", () => {
  const tokens = [token(a), token(b), token(a, b), token(of("a", { req_id: "r2" })), token(of("c,d"))];
  const both = progressOfBatch([a, record({ req_id: "r2" })]).progress.map((it) => it.token);
  expect(new Set(tokens).size).toBe(5);
  expect(new Set(both).size).toBe(2);
});
