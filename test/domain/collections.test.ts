import { grouped, memoizeByKey } from "../../domain/collections.ts";

it("items are together by what they have in common, groups and items in the order in which they come", () => {
  expect([...grouped([3, 1, 4, 1, 5, 9, 2, 6], (n) => n % 3)]).toEqual([
    [0, [3, 9, 6]],
    [1, [1, 4, 1]],
    [2, [5, 2]],
  ]);
  expect(grouped([], String).size).toBe(0);
});

it("a value is computed once for each key, also for those who ask meanwhile", async () => {
  const compute = vi.fn(async (key: string) => key.toUpperCase());
  const value = memoizeByKey(compute);
  expect(await Promise.all([value("a"), value("b"), value("a")])).toEqual(["A", "B", "A"]);
  expect(await value("a")).toBe("A");
  expect(compute.mock.calls).toEqual([["a"], ["b"]]);
});
