import { MAX_SAMPLED, samplePlaces, sizeSample } from "../../../domain/cost/size-sample.ts";
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
  ["all of them", [1, 2, 3], 3, 6],
  ["none, and there are none", [], 0, 0],
  ["one of two", [4], 2, 8],
  ["some", [10, 20, 30, 40], 1_000_000, 25e6],
])("a total from some of its parts: %s", (_, sizes, count, bytes) => {
  const { objects, isKnown } = sizeSample(
    sizes.map((size) => ({ size })),
    count,
  );
  expect([isKnown, objects.bytes]).toEqual([true, bytes]);
});

it("no total is known from sizes that could not be probed", () =>
  expect(sizeSample([undefined, { size: null }], 5)).toMatchObject({ isKnown: false, found: { unknown: 2 } }));
