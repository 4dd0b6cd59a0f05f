import { expect, it } from "vitest";
import { pointsOf, warmShare } from "../../../console/request/samples.ts";

const sample = (seconds: number, received: number, warm_count: number, hit_count = 0) => ({
  at: seconds * 1_000,
  received,
  count: { warm_count, hit_count },
});

it("a rate is the mean between two samples and stands between them; the first point is nothing, the last one is the last sample", () => {
  expect(pointsOf([sample(0, 0, 0), sample(60, 600, 2), sample(120, 1_800, 4, 2)], 10)).toEqual([
    { at: 0, rate: 0, warm: 0 },
    { at: 30_000, rate: 10, warm: 0.1 },
    { at: 90_000, rate: 20, warm: 0.4 },
    { at: 120_000, rate: 20, warm: 0.6 },
  ]);
});

it("nothing that came is a rate of zero, and less than before is no negative one", () => {
  const rates = pointsOf([sample(0, 0, 0), sample(60, 600, 0), sample(120, 600, 0), sample(180, 500, 0)], 10);
  expect(rates.map(({ rate }) => rate)).toEqual([0, 10, 0, 0, 0]);
});

it("samples of one moment make no infinite rate, and none make no point", () => {
  expect(pointsOf([sample(0, 0, 0), sample(0, 700, 0)], 10)[1]?.rate).toBe(700);
  expect(pointsOf([], 10)).toEqual([]);
});

it("a share is within all, and nothing of nothing", () => {
  expect(warmShare({ warm_count: 8, hit_count: 4 }, 10)).toBe(1);
  expect(warmShare({ warm_count: 0, hit_count: 0 }, 0)).toBe(0);
});
