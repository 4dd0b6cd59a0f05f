import { Bitmap } from "../../domain/bitmap.ts";

it("is written in hexadecimal, the lowest bit of each byte first", () => {
  const bitmap = new Bitmap();
  for (const number of [0, 3, 12]) bitmap.add(number);
  expect(bitmap.toText()).toBe("0910");
  expect([0, 3, 12, 13, 16, 600, 2 ** 29].filter((number) => new Bitmap("0910").has(number))).toEqual([0, 3, 12]);
});
