import { expect, it } from "vitest";
import { counterWriteUnits } from "../../../domain/cost/bill.ts";
import { counterLoad } from "../../../tools/bench/scaling-tables.ts";

it.each([
  [1, 3 + 2],
  [24, 3 + 2],
  [25, 3 + 4],
  [400, 3 + 34],
  [600, 3 + 50],
])("a batch with results of %i POPs costs %i write units", (pops, units) => {
  expect(counterWriteUnits(pops)).toBe(units);
});

// 40 to 80 shards of the stream, two batches of each at a time, one a second: that is how many results each batch has.
it.each([
  [400, 500],
  [400, 250],
  [600, 500],
])(
  "at 40,000 results a second, %i POPs and batches of %i, counters are a seventh at most, and no key is hot",
  (pops, batch) => {
    const { share, busiestKey } = counterLoad(40_000, batch, pops);
    expect(share).toBeLessThanOrEqual(0.15);
    expect(busiestKey).toBeLessThan(1_000);
  },
);
