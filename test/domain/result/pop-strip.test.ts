import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_BUCKETS, MAX_NAMED, PopStrip, STRIP_STATES } from "../../../domain/result/heat-strip.ts";

const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ url: `https://a.example/${i}` }));
const WARM = { ok: true, outcome: "warm" } as const;
const FAILED = { ok: false, outcome: "failed", reason: "http_4xx", error: "HTTP 404", http_status: 404 } as const;
const NOT_KEPT = { ok: false, outcome: "not_kept", reason: "not_kept" } as const;

describe("a strip", () => {
  it("of a few tasks has a bucket each, in the order of the list", () => {
    const strip = new PopStrip(tasks(5));
    strip.enter(3, NOT_KEPT);
    strip.enter(0, WARM);
    strip.enter(1, { ok: true, outcome: "hit" });
    // An agent of an older version.
    strip.enter(2, { ok: true });
    expect(strip.buckets()).toEqual([
      { state: "warm", first: 1, tasks: 1, failed: 0 },
      { state: "hit", first: 2, tasks: 1, failed: 0 },
      { state: "done", first: 3, tasks: 1, failed: 0 },
      { state: "not_kept", first: 4, tasks: 1, failed: 1 },
      { state: "not_tried", first: 5, tasks: 1, failed: 0 },
    ]);
  });

  it("of many is thinned, and one failure among 500 is seen", () => {
    const strip = new PopStrip(tasks(60_000));
    for (let place = 0; place < 60_000; place++) strip.enter(place, WARM);
    strip.enter(59_999, FAILED);
    const buckets = strip.buckets();
    expect(buckets).toHaveLength(MAX_BUCKETS);
    expect(buckets.at(-1)).toEqual({ state: "failed", first: 59_501, tasks: 500, failed: 1 });
    expect(buckets.slice(0, -1).every(({ state }) => state === "warm")).toBe(true);
  });

  it("of none has none", () => {
    const strip = new PopStrip([]);
    expect([strip.buckets(), strip.named()]).toEqual([[], { failures: [], more: 0 }]);
  });

  it("shows of each bucket the worst", () => {
    const order = [...STRIP_STATES].reverse();
    const results = [WARM, { ok: true, outcome: "hit" }, { ok: true }, undefined, NOT_KEPT, FAILED] as const;
    for (let worst = 0; worst < order.length; worst++) {
      const strip = new PopStrip(tasks(MAX_BUCKETS * 6));
      for (const [i, result] of results.slice(0, worst + 1).entries()) if (result !== undefined) strip.enter(i, result);
      // What is left of the first bucket.
      for (let place = 0; place < 6; place++) if (place > worst) strip.enter(place, WARM);
      expect(strip.buckets()[0]?.state).toBe(order[worst]);
    }
  });

  it("has every task in one bucket, however many there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), (count) => {
        const buckets = new PopStrip(tasks(count)).buckets();
        let next = 1;
        for (const { first, tasks: its } of buckets) {
          expect([first, its > 0]).toEqual([next, true]);
          next += its;
        }
        expect(next).toBe(count + 1);
        expect(buckets.length).toBeLessThanOrEqual(MAX_BUCKETS);
      }),
    );
  });
});

describe("what is named", () => {
  it("are the first in the list that are not good, whenever their results came", () => {
    const strip = new PopStrip(tasks(1_000));
    for (let place = 999; place >= 700; place--) strip.enter(place, FAILED);
    const { failures, more } = strip.named();
    expect([failures.length, more]).toEqual([MAX_NAMED, 300 - MAX_NAMED]);
    const { ok: _, ...told } = FAILED;
    expect(failures[0]).toEqual({ url: "https://a.example/700", ...told });
  });

  it("has the variant, and no error of any length", () => {
    const strip = new PopStrip([{ url: "https://a.example/", variant: "br" }]);
    strip.enter(0, { ...FAILED, error: "x".repeat(1_000) });
    const [first] = strip.named().failures;
    expect([first?.variant, first?.error?.length]).toEqual(["br", 300]);
  });

  it("says which of them is not kept; a failure of an agent that knew no outcomes has failed", () => {
    const strip = new PopStrip(tasks(3));
    strip.enter(0, NOT_KEPT);
    strip.enter(1, { ok: false, reason: "timeout" });
    strip.enter(2, FAILED);
    expect(strip.named().failures.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["not_kept", "not_kept"],
      ["failed", "timeout"],
      ["failed", "http_4xx"],
    ]);
  });

  it("is not what succeeded later", () => {
    const strip = new PopStrip(tasks(1));
    strip.enter(0, FAILED);
    strip.enter(0, WARM);
    expect(strip.named().failures).toEqual([]);
  });
});

it("what is missing can be entered as one thing", () => {
  const strip = new PopStrip(tasks(3));
  strip.enter(1, WARM);
  strip.enterMissing({ ok: false, outcome: "failed", reason: "lost" });
  expect(strip.buckets().map(({ state }) => state)).toEqual(["failed", "warm", "failed"]);
});
