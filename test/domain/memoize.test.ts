import { expect, it, vi } from "vitest";
import { memoizeByKey } from "../../domain/collections.ts";

it("a value is computed once for each key, also for those who ask meanwhile", async () => {
  const compute = vi.fn(async (key: string) => key.toUpperCase());
  const value = memoizeByKey(compute);
  expect(await Promise.all([value("a"), value("b"), value("a")])).toEqual(["A", "B", "A"]);
  expect(await value("a")).toBe("A");
  expect(compute.mock.calls).toEqual([["a"], ["b"]]);
});
