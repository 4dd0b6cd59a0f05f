import fc from "fast-check";
import {
  type HeatStripResult,
  type HeatStripState,
  heatStrip,
  MAX_BINS,
  MAX_NAMED,
} from "../../../domain/result/heat-strip.ts";
import { times } from "../../collect.ts";

const tasks = (count: number) => times(count, (i) => ({ url: `https://a.example/${i}` }));
const WARM = { ok: true, outcome: "warm" } as const;
const FAILED = { ok: false, outcome: "failed", reason: "http_4xx", error: "HTTP 404", http_status: 404 } as const;
const NOT_KEPT = { ok: false, outcome: "not_kept", reason: "not_kept" } as const;

/** The last is of an agent of an older version. */
const RESULTS: readonly (readonly [HeatStripState, HeatStripResult | undefined])[] = [
  ["failed", FAILED],
  ["not_kept", NOT_KEPT],
  ["not_tried", undefined],
  ["done", { ok: true }],
  ["hit", { ok: true, outcome: "hit" }],
  ["warm", WARM],
];

it("a strip: of 60,000 tasks is thinned, and one failure among 500 is seen", () => {
  const results: HeatStripResult[] = times(60_000, () => WARM);
  results[59_999] = FAILED;
  const { bins } = heatStrip(tasks(60_000), results);
  expect(bins).toHaveLength(MAX_BINS);
  expect(bins.at(-1)).toEqual({ state: "failed", first: 59_501, tasks: 500, failed: 1 });
});

it("a strip has every task in one bin, a bin each for a few; each bin shows the worst of its tasks", () => {
  const some = fc.array(fc.nat(RESULTS.length - 1), { maxLength: 1_000 });
  fc.assert(
    fc.property(some, fc.nat(5), (places, repeat) => {
      const seen = times(repeat, () => places).flat();
      const { bins } = heatStrip(
        tasks(seen.length),
        seen.map((place) => RESULTS[place]?.[1]),
      );
      expect(bins).toHaveLength(Math.min(seen.length, MAX_BINS));
      let next = 1;
      for (const { first, tasks: its, state, failed } of bins) {
        const own = seen.slice(next - 1, next - 1 + its);
        const worst = RESULTS[Math.min(...own)]?.[0];
        expect([first, state, failed]).toEqual([next, worst, own.filter((place) => place < 2).length]);
        next += its;
      }
      expect(next).toBe(seen.length + 1);
    }),
  );
});

it("what is named are the first in the list that are not good", () => {
  const results = times(1_000, (place) => (place >= 700 ? FAILED : undefined));
  const { failures, more } = heatStrip(tasks(1_000), results);
  expect([failures.length, more]).toEqual([MAX_NAMED, 300 - MAX_NAMED]);
  const { ok: _, ...told } = FAILED;
  expect(failures[0]).toEqual({ url: "https://a.example/700", ...told });
});

it("what is named has the variant, and no error of any length", () => {
  const form = { url: "https://a.example/", variant: "br" };
  const [first] = heatStrip([form], [{ ...FAILED, error: "x".repeat(1_000) }]).failures;
  expect([first?.variant, first?.error?.length]).toEqual(["br", 300]);
});

it("what is named has the outcome not_kept where it was stored; any other failure has failed", () => {
  const { failures } = heatStrip(tasks(3), [NOT_KEPT, { ok: false, reason: "timeout" }, FAILED]);
  expect(failures.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ["not_kept", "not_kept"],
    ["failed", "timeout"],
    ["failed", "http_4xx"],
  ]);
});
