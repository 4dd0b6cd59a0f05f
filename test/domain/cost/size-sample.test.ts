import { MAX_SAMPLED, samplePlaces, totalFrom } from "../../../domain/cost/size-sample.ts";
import { times } from "../../collect.ts";

it.each([0, 1, 99, MAX_SAMPLED])("which of many are looked at: all of %d", (count) =>
  expect(samplePlaces(count, "a")).toEqual(times(count, (i) => i)),
);

it.each([101, 150, 6_000, 60_000])(
  "which of many are looked at: a hundred different ones of %d, from all over the row",
  (count) => {
    const places = samplePlaces(count, "a");
    expect(new Set(places).size).toBe(MAX_SAMPLED);
    expect(places.every((place, i) => place >= Math.floor((i * count) / 100) && place < ((i + 1) * count) / 100)).toBe(
      true,
    );
  },
);

it("which of many are looked at: the same ones for the same row, others for another", () => {
  expect(samplePlaces(5_000, "a")).toEqual(samplePlaces(5_000, "a"));
  expect(samplePlaces(5_000, "a")).not.toEqual(samplePlaces(5_000, "b"));
});

it("which of many are looked at samples every variant even if the variant count equals the sampling interval", () => {
  const seen = samplePlaces(400, "a").map((place) => place % 4);
  for (const variant of [0, 1, 2, 3]) expect(seen.filter((it) => it === variant).length).toBeGreaterThan(10);
});

it.each([
  ["all of them", [1, 2, 3], 3, { estimate: 6, low: 6, high: 6 }],
  ["none, and there are none", [], 0, { estimate: 0, low: 0, high: 0 }],
  ["none", [], 5, undefined],
  ["one of two", [4], 2, { estimate: 8, low: 4, high: null }],
  ["equal ones", [5, 5, 5], 30, { estimate: 150, low: 150, high: 150 }],
])("a total from some of its parts: %s", (_, known, count, expected) =>
  expect(totalFrom(known, count)).toEqual(expected),
);

it("a total from some of its parts is never below what is known", () =>
  expect(totalFrom([1, 1, 1, 1_000_000], 5)?.low).toBeGreaterThanOrEqual(1_000_003));

it("a total from some of its parts lies within 1.96 standard errors of the mean, less for a large part of all", () => {
  const { estimate = 0, low = 0, high } = totalFrom([10, 20, 30, 40], 1_000_000) ?? {};
  const standardError = Math.sqrt(500 / 3 / 4);
  expect(estimate).toBe(25e6);
  expect((high ?? 0) - estimate).toBeCloseTo(1.96e6 * standardError, -3);
  expect(estimate - low).toBeCloseTo(1.96e6 * standardError, -3);
  expect((totalFrom([10, 20, 30, 40], 5)?.high ?? 0) - 125).toBeCloseTo(1.96 * 5 * standardError * Math.sqrt(0.2), 6);
});
