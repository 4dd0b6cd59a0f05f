import { describe, expect, it } from "vitest";
import { MAX_SAMPLED, samplePlaces } from "../../../domain/cost/size-sample.ts";

describe("which of many are looked at", () => {
  it.each([0, 1, 99, MAX_SAMPLED])("all of %d", (count) => {
    expect(samplePlaces(count, "a")).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it.each([101, 150, 6_000, 60_000])("a hundred different ones of %d, from all over the row", (count) => {
    const places = samplePlaces(count, "a");
    expect(new Set(places).size).toBe(MAX_SAMPLED);
    expect(places.every((place, i) => place >= Math.floor((i * count) / 100) && place < ((i + 1) * count) / 100)).toBe(
      true,
    );
  });

  it("the same ones for the same row, others for another", () => {
    expect(samplePlaces(5_000, "a")).toEqual(samplePlaces(5_000, "a"));
    expect(samplePlaces(5_000, "a")).not.toEqual(samplePlaces(5_000, "b"));
  });

  it("samples every variant even if the variant count equals the sampling interval", () => {
    const seen = samplePlaces(400, "a").map((place) => place % 4);
    for (const variant of [0, 1, 2, 3]) expect(seen.filter((it) => it === variant).length).toBeGreaterThan(10);
  });
});
