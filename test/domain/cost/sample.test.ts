import { describe, expect, it } from "vitest";
import { MOST_SAMPLED, placesToLookAt } from "../../../domain/cost/size-sample.ts";

describe("which of many are looked at", () => {
  it.each([0, 1, 99, MOST_SAMPLED])("all of %d", (count) => {
    expect(placesToLookAt(count, "a")).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it.each([101, 150, 6_000, 60_000])("a hundred different ones of %d, from all over the row", (count) => {
    const places = placesToLookAt(count, "a");
    expect(new Set(places).size).toBe(MOST_SAMPLED);
    expect(places.every((place, i) => place >= Math.floor((i * count) / 100) && place < ((i + 1) * count) / 100)).toBe(
      true,
    );
  });

  it("the same ones for the same row, others for another", () => {
    expect(placesToLookAt(5_000, "a")).toEqual(placesToLookAt(5_000, "a"));
    expect(placesToLookAt(5_000, "a")).not.toEqual(placesToLookAt(5_000, "b"));
  });

  it("all variants of URLs that have four, though a stretch has four, too", () => {
    const seen = placesToLookAt(400, "a").map((place) => place % 4);
    for (const variant of [0, 1, 2, 3]) expect(seen.filter((it) => it === variant).length).toBeGreaterThan(10);
  });
});
