import { expect, it } from "vitest";
import { grouped } from "../../domain/collections.ts";

it("items are together by what they have in common, groups and items in the order in which they come", () => {
  expect([...grouped([3, 1, 4, 1, 5, 9, 2, 6], (n) => n % 3)]).toEqual([
    [0, [3, 9, 6]],
    [1, [1, 4, 1]],
    [2, [5, 2]],
  ]);
  expect(grouped([], String).size).toBe(0);
});
