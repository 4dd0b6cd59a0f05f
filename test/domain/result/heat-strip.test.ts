import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  HEAT_STRIP_STATES,
  type HeatStripResult,
  heatStrip,
  MAX_BINS,
  MAX_NAMED,
} from "../../../domain/result/heat-strip.ts";

const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ url: `https://a.example/${i}` }));
const WARM = { ok: true, outcome: "warm" } as const;
const FAILED = { ok: false, outcome: "failed", reason: "http_4xx", error: "HTTP 404", http_status: 404 } as const;
const NOT_KEPT = { ok: false, outcome: "not_kept", reason: "not_kept" } as const;

describe("a strip", () => {
  it("of a few tasks has a bin each, in the order of the list", () => {
    // The third is of an agent of an older version.
    const results = [WARM, { ok: true, outcome: "hit" }, { ok: true }, NOT_KEPT] as const;
    expect(heatStrip(tasks(5), results).bins).toEqual([
      { state: "warm", first: 1, tasks: 1, failed: 0 },
      { state: "hit", first: 2, tasks: 1, failed: 0 },
      { state: "done", first: 3, tasks: 1, failed: 0 },
      { state: "not_kept", first: 4, tasks: 1, failed: 1 },
      { state: "not_tried", first: 5, tasks: 1, failed: 0 },
    ]);
  });

  it("of many is thinned, and one failure among 500 is seen", () => {
    const results: HeatStripResult[] = Array.from({ length: 60_000 }, () => WARM);
    results[59_999] = FAILED;
    const { bins } = heatStrip(tasks(60_000), results);
    expect(bins).toHaveLength(MAX_BINS);
    expect(bins.at(-1)).toEqual({ state: "failed", first: 59_501, tasks: 500, failed: 1 });
    expect(bins.slice(0, -1).every(({ state }) => state === "warm")).toBe(true);
  });

  it("shows of each bin the worst", () => {
    const order = [...HEAT_STRIP_STATES].reverse();
    const all = [WARM, { ok: true, outcome: "hit" }, { ok: true }, undefined, NOT_KEPT, FAILED] as const;
    for (let worst = 0; worst < order.length; worst++) {
      const results = all.map((result, i) => (i <= worst ? result : WARM));
      expect(heatStrip(tasks(MAX_BINS * 6), results).bins[0]?.state).toBe(order[worst]);
    }
  });

  it("has every task in one bin, however many there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), (count) => {
        const { bins } = heatStrip(tasks(count), []);
        let next = 1;
        for (const { first, tasks: its } of bins) {
          expect([first, its > 0]).toEqual([next, true]);
          next += its;
        }
        expect(next).toBe(count + 1);
        expect(bins.length).toBeLessThanOrEqual(MAX_BINS);
      }),
    );
  });
});

describe("what is named", () => {
  it("are the first in the list that are not good", () => {
    const results = Array.from({ length: 1_000 }, (_, place) => (place >= 700 ? FAILED : undefined));
    const { failures, more } = heatStrip(tasks(1_000), results);
    expect([failures.length, more]).toEqual([MAX_NAMED, 300 - MAX_NAMED]);
    const { ok: _, ...told } = FAILED;
    expect(failures[0]).toEqual({ url: "https://a.example/700", ...told });
  });

  it("has the variant, and no error of any length", () => {
    const form = { url: "https://a.example/", variant: "br" };
    const [first] = heatStrip([form], [{ ...FAILED, error: "x".repeat(1_000) }]).failures;
    expect([first?.variant, first?.error?.length]).toEqual(["br", 300]);
  });

  it("has the outcome not_kept where it was stored; any other failure has failed", () => {
    const { failures } = heatStrip(tasks(3), [NOT_KEPT, { ok: false, reason: "timeout" }, FAILED]);
    expect(failures.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["not_kept", "not_kept"],
      ["failed", "timeout"],
      ["failed", "http_4xx"],
    ]);
  });
});
