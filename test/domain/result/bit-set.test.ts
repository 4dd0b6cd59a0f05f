import fc from "fast-check";
import { expect, it } from "vitest";
import { BitSet } from "../../../domain/result/bit-set.ts";

it("has each number once, and is kept and gone on from as it was", () => {
  const numbers = fc.array(fc.nat(70_000), { maxLength: 40 });
  fc.assert(
    fc.property(numbers, numbers, (some, more) => {
      const one = new BitSet();
      for (const number of some) one.add(number);
      const other = new BitSet(one.saved());
      expect(other.size).toBe(new Set(some).size);
      for (const set of [one, other]) for (const number of more) set.add(number);
      expect(other.size).toBe(new Set([...some, ...more]).size);
      expect(other.saved()).toBe(one.saved());
    }),
  );
});
