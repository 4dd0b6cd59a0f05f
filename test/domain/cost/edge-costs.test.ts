import { describe, expect, it } from "vitest";
import { billedRegion, edgeBytesPrice, edgeRequestsPrice, popsByRegion } from "../../../domain/cost/bill.ts";

describe("CloudFront's bytes", () => {
  it.each([
    [1e9, "northAmerica", 0.085],
    [10_000e9, "northAmerica", 850],
    [50_000e9, "europe", 850 + 3_200],
    [150_000e9, "northAmerica", 850 + 3_200 + 6_000],
    [10_001e9, "asia", 1_200 + 0.1],
    [1e9, "india", 0.109],
    [6_000_000e9, "southAmerica", 1_100 + 4_200 + 9_000 + 28_000 + 31_440 + 200_000 + 39_040],
  ] as const)("%d to viewers of %s cost %d dollars", (bytes, region, dollars) => {
    expect(edgeBytesPrice(bytes, region)).toBeCloseTo(dollars, 6);
  });
});

it("requests cost more by https, and most in South America", () => {
  expect(edgeRequestsPrice(1e6, "northAmerica", 1)).toBeCloseTo(1);
  expect(edgeRequestsPrice(1e6, "northAmerica", 0.5)).toBeCloseTo(0.875);
  expect(edgeRequestsPrice(1e6, "southAmerica", 1)).toBeCloseTo(2.2);
});

describe("where a POP is billed", () => {
  it.each([
    ["IAD89-P1", "northAmerica"],
    ["FRA56-P4", "europe"],
    ["IST50-C1", "europe"],
    ["DXB52-P1", "africaMiddleEast"],
    ["BOM78-P1", "india"],
    ["PVG52-E1", undefined],
    ["XQX1-P1", "asia"],
  ])("%s: %s", (pop, region) => {
    expect(billedRegion(pop)).toBe(region);
  });

  it("POPs of a region are counted together, those of China not at all", () => {
    const counts = popsByRegion(["IAD89-P1", "SFO5-P1", "FRA56-P4", "PVG52-E1"]);
    expect([...counts]).toEqual([
      ["northAmerica", 2],
      ["europe", 1],
    ]);
  });
});
