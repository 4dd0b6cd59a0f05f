import fc from "fast-check";
import { expect, it } from "vitest";
import { isInPopBitmap } from "../../../domain/plan/task.ts";
import { maskOf } from "../../plan-of.ts";

it("a POP bitmap is written in hexadecimal, lowest bit of each byte first, up to the last POP", () => {
  expect(maskOf([0, 3, 12])).toBe("0910");
  expect(maskOf([8])).toBe("0001");
  expect(isInPopBitmap("0910", 12)).toBe(true);
  expect([13, 16, 600, 2 ** 29].some((place) => isInPopBitmap("0910", place))).toBe(false);
  expect(isInPopBitmap("", 0)).toBe(false);
});

it("a POP bitmap contains exactly the positions that were added", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(599), { maxLength: 80 }), (wanted) => {
      const mask = maskOf(wanted);
      const found = Array.from({ length: 600 }, (_, place) => place).filter((place) => isInPopBitmap(mask, place));
      expect(found).toEqual(wanted.toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});
