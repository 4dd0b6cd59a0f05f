import { expect, it } from "vitest";
import { calmSpans, meanRate, refusedShare } from "../../../tools/warmth/rates.ts";

const at = (...times: number[]) => times.map((time) => ({ at: time }));

it("leaves out what follows each change, the start too", () => {
  expect(calmSpans([0, 200, 500], 60)).toEqual([
    { from: 60, to: 200 },
    { from: 260, to: 500 },
  ]);
});

it("has the mean of the spans together, and counts nothing outside of them", () => {
  const spans = [
    { from: 0, to: 1_000 },
    { from: 5_000, to: 6_000 },
  ];
  expect(meanRate(at(0, 10, 999, 1_000, 3_000, 5_000), spans)).toBe(2);
});

it("has no mean where no time is left between changes", () => {
  expect(meanRate(at(1), calmSpans([0, 50], 60))).toBeNaN();
});

it("has the share of what was refused from then on", () => {
  const log = [
    { at: 0, refused: true },
    { at: 10, refused: true },
    { at: 11, refused: false },
  ];
  expect(refusedShare(log, 10)).toBe(0.5);
  expect(refusedShare(log, 100)).toBe(0);
});
