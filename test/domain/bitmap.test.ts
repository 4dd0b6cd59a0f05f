import fc from "fast-check";
import { expect, it } from "vitest";
import { Bitmap } from "../../domain/bitmap.ts";

it("contains each number once, also after it was saved and restored", () => {
  const numbers = fc.array(fc.nat(70_000), { maxLength: 40 });
  fc.assert(
    fc.property(numbers, numbers, (some, more) => {
      const one = new Bitmap();
      for (const number of some) one.add(number);
      const other = new Bitmap(one.toText());
      expect(other.size).toBe(new Set(some).size);
      for (const set of [one, other]) for (const number of more) set.add(number);
      expect(other.size).toBe(new Set([...some, ...more]).size);
      expect(other.toText()).toBe(one.toText());
    }),
  );
});

it("is serialized without trailing zero bytes, so that equal sets have equal text", () => {
  const grown = new Bitmap();
  // The room doubles: 4 bytes for 3.
  for (const number of [0, 8, 16]) grown.add(number);
  const whole = new Bitmap("010101");
  expect(grown.toText()).toBe(whole.toText());
});

it("is written in hexadecimal, the lowest bit of each byte first", () => {
  const bitmap = new Bitmap();
  for (const number of [0, 3, 12]) bitmap.add(number);
  expect(bitmap.toText()).toBe("0910");
  expect([0, 3, 12, 13, 16, 600, 2 ** 29].filter((number) => new Bitmap("0910").has(number))).toEqual([0, 3, 12]);
});
