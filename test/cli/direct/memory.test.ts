import { expect, test, vi } from "vitest";
import { isMemoryTight } from "../../../cli/direct/memory.ts";

test.each([
  ["below the bound", [300], false],
  ["above it with garbage", [500, 300], false],
  ["above it without", [500, 450], true],
])("memory %s", (_, sizes, isTight) => {
  const rss = vi.spyOn(process.memoryUsage, "rss");
  for (const size of sizes) rss.mockReturnValueOnce(size);
  expect(isMemoryTight(400)).toBe(isTight);
  expect(rss).toHaveBeenCalledTimes(sizes.length);
  rss.mockRestore();
});
