import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countInMask, isInMask, PopMasks } from "../../../domain/plan/pop-mask.ts";

const same = (count: number) => Array.from({ length: count }, (_, place) => place);

describe("the mask of a URL", () => {
  it("is hexadecimal, byte after byte, and says nothing behind its last POP", () => {
    const masks = new PopMasks(2, 20);
    for (const place of [0, 3, 12]) masks.add(1, place);
    expect([masks.maskOf(0, same(20)), masks.maskOf(1, same(20)), masks.countOf(1)]).toEqual(["000000", "091000", 3]);
    expect(isInMask("0910", 12)).toBe(true);
    expect([13, 16, 600, 2 ** 30].some((place) => isInMask("0910", place))).toBe(false);
    expect(isInMask("", 0)).toBe(false);
  });

  it("has a byte for its last POP, and counts no POP of the next row", () => {
    const masks = new PopMasks(2, 9);
    masks.add(0, 8);
    expect(masks.maskOf(0, same(9))).toBe("0001");
    const full = new PopMasks(2, 8);
    full.add(1, 0);
    expect([full.countOf(0), full.countOf(1)]).toEqual([0, 1]);
  });

  it("has the places that were added, whatever they are, in its own list of POPs and in another", () => {
    const places = fc.uniqueArray(fc.nat(599), { maxLength: 80 });
    fc.assert(
      fc.property(places, fc.nat(4), (wanted, row) => {
        const masks = new PopMasks(5, 600);
        for (const place of wanted) masks.add(row, place);
        const mask = masks.maskOf(row, same(600));
        expect(same(600).filter((place) => isInMask(mask, place))).toEqual(wanted.toSorted((a, b) => a - b));
        expect([masks.countOf(row), countInMask(mask)]).toEqual([wanted.length, wanted.length]);
        // Every second POP is left out of the other list.
        const other = masks.maskOf(
          row,
          same(600).map((place) => (place % 2 === 0 ? place / 2 : undefined)),
        );
        const even = wanted.filter((place) => place % 2 === 0).map((place) => place / 2);
        expect(same(300).filter((place) => isInMask(other, place))).toEqual(even.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });
});
