import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Count, isNothing } from "../../../domain/result/count.ts";
import { progressOfBatch } from "../../../lambdas/aggregation/batch.ts";
import { fuzz } from "../../fuzz.ts";
import { count } from "../items.ts";
import { type Image, record } from "./records.ts";

const sums = (records: readonly unknown[]) =>
  progressOfBatch(records).progress.map(({ reqId, total }) => [reqId, ...numbers(total)]);
const numbers = ({ download_count, download_size, failed_count }: Count) => [
  download_count,
  download_size,
  failed_count,
];
const good: Image = { bytes: 10 };
const bad: Image = { ok: false, bytes: 3 };
const ONE_GOOD = count(1, 10, 0);

describe("what a batch changes", () => {
  it.each([
    ["nothing", [], []],
    ["a good result", [record(good)], [["r1", 1, 10, 0]]],
    ["a failed one: its bytes do not count", [record(bad)], [["r1", 1, 0, 1]]],
    ["the same written twice adds nothing", [record(good, good)], [["r1", 0, 0, 0]]],
    ["a late success corrects a failure", [record(good, bad)], [["r1", 0, 10, -1]]],
    ["a late failure corrects a success", [record(bad, good)], [["r1", 0, -10, 1]]],
    ["another size corrects the first", [record({ bytes: 25 }, good)], [["r1", 0, 15, 0]]],
    ["an empty file is one too", [record({ bytes: 0 })], [["r1", 1, 0, 0]]],
    [
      "each request's own",
      [record(good), record({ ...bad, req_id: "r2" }), record(bad), record({ ...good, req_id: "r2" })],
      [
        ["r1", 2, 10, 1],
        ["r2", 2, 10, 1],
      ],
    ],
  ])("%s", (_, records, expected) => {
    expect(sums(records)).toEqual(expected);
  });

  const not = { ...bad, outcome: "not_kept" };
  it.each([
    ["warm", [record({ outcome: "warm" })], count(1, 10, 0, { warm_count: 1 })],
    ["a hit", [record({ outcome: "hit" })], count(1, 10, 0, { hit_count: 1 })],
    ["not kept, which is failed, too", [record(not)], count(1, 0, 1, { not_kept_count: 1 })],
    ["downloaded, and nothing claimed", [record({ outcome: "done" })], ONE_GOOD],
    ["failed", [record({ ...bad, outcome: "failed" })], count(1, 0, 1)],
    ["an agent of before did not say", [record(good)], ONE_GOOD],
    ["one that only a newer version knows", [record({ outcome: "hot" })], ONE_GOOD],
    ["the name of something else", [record({ outcome: "constructor" })], ONE_GOOD],
    ["the same once more", [record({ outcome: "warm" }, { outcome: "warm" })], count(0, 0, 0)],
    ["warm at last", [record({ outcome: "warm" }, not)], count(0, 10, -1, { warm_count: 1, not_kept_count: -1 })],
    ["told at last", [record({ outcome: "warm" }, good)], count(0, 0, 0, { warm_count: 1 })],
  ])("outcomes: %s", (_, records, expected) => {
    const { total, pops } = progressOfBatch(records).progress[0] ?? { pops: new Map() };
    expect(total).toEqual(expected);
    expect(pops.size).toBe(isNothing(expected) ? 0 : 1);
  });

  const css: Image = { bytes: 10, url: "https://a.example/a.css", uncompressed: true };
  it.each([
    ["came uncompressed", [record(css)], count(1, 10, 0, { uncompressed_count: 1 })],
    ["came compressed at last", [record(good, css)], count(0, 0, 0, { uncompressed_count: -1 })],
    [
      "is a hit whose Age proves nothing",
      [record({ ...good, outcome: "hit", warning: "age_constant" })],
      count(1, 10, 0, { hit_count: 1, age_constant_count: 1 }),
    ],
    [
      "is a hit with a warning that only a newer version knows",
      [record({ ...good, outcome: "hit", warning: "age_of_aquarius" })],
      count(1, 10, 0, { hit_count: 1 }),
    ],
    ["came from the origin", [record({ ...bad, rec_miss: true })], count(1, 0, 1, { rec_miss_count: 1 })],
    ["the same once more", [record(css, css)], count(0, 0, 0)],
  ])("what else is seen: %s", (_, records, expected) => {
    expect(progressOfBatch(records).progress[0]?.total).toEqual(expected);
  });

  it("names a few of those that came uncompressed: each form once, none at length", () => {
    const of = (url: string, variant?: string) =>
      record({ ...css, url, ...(variant === undefined ? {} : { variant }) });
    const long = `https://a.example/${"x".repeat(8_000)}`;
    const records = [of("u1", "br"), of("u1", "br"), of("u1"), of(long), of("u4")];
    const { uncompressed = [] } = progressOfBatch(records).progress[0] ?? {};
    expect(uncompressed.map((it) => it.slice(0, 20))).toEqual(["u1 (br)", "u1", "https://a.example/xx"]);
    expect(uncompressed[2]).toHaveLength(200);
    expect(progressOfBatch([record(good)]).progress[0]?.uncompressed).toEqual([]);
  });

  it("counts a result whose outcome is no text", () => {
    const { eventID, dynamodb } = record(good);
    const odd = { eventID, dynamodb: { NewImage: { ...dynamodb.NewImage, outcome: { N: "1" } } } };
    expect(progressOfBatch([odd])).toMatchObject({ progress: [{ total: ONE_GOOD }], invalid: [] });
  });

  it("is counted by POP: those where something changes", () => {
    const [SIN, FRA] = ["SIN2-P1", "FRA56-P4"];
    const { total, pops } = progressOfBatch([
      record({ ...good, pop: SIN }),
      record({ ...bad, pop: SIN }),
      record({ ...bad, pop: FRA }, { ...good, pop: FRA }),
      record({ ...good, pop: "ATL56-C1" }, { ...good, pop: "ATL56-C1" }),
    ]).progress[0] ?? { pops: new Map() };
    expect([...pops].map(([pop, count]) => [pop, ...numbers(count)])).toEqual([
      [SIN, 2, 10, 1],
      [FRA, 0, -10, 1],
    ]);
    expect(total && numbers(total)).toEqual([2, 0, 2]);
  });

  it("counts a result that does not say its POP", () => {
    const { pops } = progressOfBatch([record(good)]).progress[0] ?? { pops: new Map() };
    expect([...pops]).toEqual([["", ONE_GOOD]]);
  });

  it("times good results: all of a small batch, a hundred at most of a large one, from all over it", () => {
    const durations = (records: readonly unknown[]) => progressOfBatch(records).progress[0]?.durations ?? [];
    expect(durations([record({ ms: 7 }), record({ ...bad, ms: 90_000 }), record({ ms: 8 })])).toEqual([7, 8]);
    const many = Array.from({ length: 1_000 }, (_, ms) => record({ ms }));
    expect(durations(many)).toEqual(Array.from({ length: 100 }, (_, i) => i * 10));
    expect(durations(many.slice(0, 101))).toHaveLength(51);
  });

  it.each([
    ["one of each reason", [{ reason: "http_4xx" }], [], { http_4xx: 1 }],
    [
      "another failure than before",
      [{ reason: "http_4xx" }],
      [{ reason: "connection" }],
      { http_4xx: 1, connection: -1 },
    ],
    ["the same failure again", [{ reason: "connection" }], [{ reason: "connection" }], { connection: 0 }],
    ["one that came good", [{ ok: true }], [{ reason: "connection" }], { connection: -1 }],
    ["one of an agent that did not store reasons yet", [{}], [], { other: 1 }],
    ["one that only a newer version knows", [{ reason: "too_warm" }], [], { other: 1 }],
    ["two of which neither is known", [{ reason: "too_warm" }], [{}], { other: 0 }],
  ] as const)("counts failures by reason: %s", (_, [now], [before], expected) => {
    const { failures } = progressOfBatch([
      record({ ...bad, ...now }, before === undefined ? undefined : { ...bad, ...before }),
    ]).progress[0] ?? { failures: new Map() };
    expect(Object.fromEntries([...failures].map(([reason, { tasks }]) => [reason, tasks]))).toEqual(expected);
  });

  it("has the POPs at which failures were added, and three examples, cut if they are long", () => {
    const long = "x".repeat(9_000);
    const failed = (n: number) =>
      record({ ...bad, reason: "http_4xx", pop: `SIN${n}-P1`, url: `https://a.example/${n}${long}`, variant: "br" });
    const last = record({ ...bad, reason: "tls", pop: long, url: "https://a.example/", error: long, http_status: 495 });
    const came = record({ ok: true, pop: "FRA56-P4" }, { ...bad, reason: "tls", pop: "FRA56-P4" });
    const records = [...[1, 2, 3, 4, 4].map(failed), last, came];
    const { failures } = progressOfBatch(records).progress[0] ?? { failures: new Map() };
    const [http, tls] = [failures.get("http_4xx"), failures.get("tls")];
    expect([http?.tasks, [...(http?.pops ?? [])]]).toEqual([5, ["SIN1-P1", "SIN2-P1", "SIN3-P1", "SIN4-P1"]]);
    expect(http?.examples).toHaveLength(3);
    expect(http?.examples[0]).toMatchObject({ variant: "br", pop: "SIN1-P1" });
    expect(http?.examples[0]?.url).toHaveLength(300);
    expect(tls).toMatchObject({ tasks: 0, examples: [{ url: "https://a.example/" }] });
    expect(tls?.examples[0]?.pop).toHaveLength(40);
    expect(tls?.examples[0]?.error).toHaveLength(300);
    expect(tls?.examples[0]?.http_status).toBe(495);
    expect(progressOfBatch([record(good)]).progress[0]?.failures.size).toBe(0);
  });

  it("is dated by the newest result", () => {
    const [older, newer] = [record(good), record(good)];
    older.dynamodb.ApproximateCreationDateTime -= 60;
    expect(progressOfBatch([newer, older]).progress[0]?.at).toBe(Date.parse("2024-04-16T03:12:21Z"));
  });

  it.each([
    ["nothing at all", null],
    ["no bytes", { eventID: "x", dynamodb: { NewImage: { req_id: { S: "r1" }, ok: { BOOL: true } } } }],
    [
      "bytes in words",
      { eventID: "x", dynamodb: { NewImage: { ...record(good).dynamodb.NewImage, bytes: { S: "10" } } } },
    ],
    ...[-1, 0.5, 2 ** 40 + 1, 1e125].map((bytes): [string, unknown] => [
      `${bytes} bytes, which no file has`,
      { eventID: "x", dynamodb: { NewImage: record({ bytes }).dynamodb.NewImage } },
    ]),
  ])("passes a record over that is no result: %s", (_, stranger) => {
    const { progress, invalid } = progressOfBatch([stranger, record(good)]);
    expect(invalid).toEqual([{ record: stranger, key: "", problem: expect.stringMatching(/./) }]);
    expect(progress).toMatchObject([{ reqId: "r1", total: ONE_GOOD }]);
  });

  it("passes a record over that has anything else for its bytes", () => {
    // Numbers come as texts, and some texts are numbers.
    const property = fc.property(fc.anything(), (value) => {
      fc.pre(typeof value !== "string");
      const stranger = {
        eventID: "x",
        dynamodb: { NewImage: { ...record(good).dynamodb.NewImage, bytes: { N: value } } },
      };
      const { progress, invalid } = progressOfBatch([stranger, record(good)]);
      expect([invalid.length, progress[0]?.total]).toEqual([1, ONE_GOOD]);
    });
    fc.assert(property, fuzz(500));
  });

  it("leaves results alone that are removed: they were counted when they were written", () => {
    const { OldImage: _, NewImage } = record(good).dynamodb;
    const removed = { eventID: "x", eventName: "REMOVE", dynamodb: { OldImage: NewImage } };
    expect(progressOfBatch([removed])).toEqual({ progress: [], invalid: [] });
    expect(progressOfBatch([removed, record(good)])).toMatchObject({
      progress: [{ reqId: "r1", total: ONE_GOOD }],
      invalid: [],
    });
  });

  it("adds up to what the table holds, in whatever batches its changes come", () => {
    const write = fc.record({
      req_id: fc.constantFrom("r1", "r2"),
      task: fc.nat(5),
      ok: fc.boolean(),
      bytes: fc.nat(99),
    });
    fc.assert(
      fc.property(fc.array(write), fc.integer({ min: 1, max: 10 }), (writes, size) => {
        const table = new Map<string, Image>();
        const records = writes.map(({ task, ...image }) => {
          const key = `${image.req_id} ${task}`;
          const change = record(image, table.get(key));
          table.set(key, image);
          return change;
        });
        const total = new Map<string, number[]>();
        const add = (reqId: string, ...numbers: number[]) =>
          total.set(
            reqId,
            (total.get(reqId) ?? [0, 0, 0]).map((n, i) => n + (numbers[i] ?? 0)),
          );
        for (let i = 0; i < records.length; i += size) {
          for (const { reqId, total: sum } of progressOfBatch(records.slice(i, i + size)).progress) {
            add(reqId, ...numbers(sum));
          }
        }
        for (const { req_id = "", ok, bytes = 0 } of table.values()) add(req_id, -1, ok ? -bytes : 0, ok ? 0 : -1);
        for (const rest of total.values()) expect(rest).toEqual([0, 0, 0]);
      }),
    );
  });
});

describe("a batch's token", () => {
  const token = (...records: unknown[]) => progressOfBatch(records).progress[0]?.token ?? "";
  const [a, b] = [record(good, undefined, "a"), record(good, undefined, "b")];

  it("is the same when it is tried again", () => {
    expect(token(a, b)).toBe(token(structuredClone(a), structuredClone(b)));
    expect(token(a, b)).toHaveLength(36);
  });

  it("is another for every other batch", () => {
    const ab = record(good, undefined, "a,b");
    const tokens = [token(a), token(b), token(a, b), token(record({ req_id: "r2" }, undefined, "a"))];
    expect(new Set(tokens).size).toBe(4);
    expect(token(ab)).not.toBe(token(a));
  });

  it("is another for each request of a batch", () => {
    const { progress } = progressOfBatch([a, record({ req_id: "r2" })]);
    expect(new Set(progress.map((it) => it.token)).size).toBe(2);
  });
});
