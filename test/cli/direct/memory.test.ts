import { isMemoryTight } from "../../../cli/direct/memory.ts";

afterEach(() => vi.restoreAllMocks());

test.each([
  ["below the bound", { rss: 300, heapTotal: 200, heapUsed: 100 }, false],
  [
    "above it, most of which was garbage that V8 has not returned yet",
    { rss: 500, heapTotal: 300, heapUsed: 100 },
    false,
  ],
  ["above it without garbage", { rss: 500, heapTotal: 200, heapUsed: 150 }, true],
])("memory %s", (_, sizes, isTight) => {
  const { rss } = process.memoryUsage;
  const usage = vi.spyOn(process, "memoryUsage").mockReturnValue({ ...sizes, external: 0, arrayBuffers: 0 });
  Object.assign(process.memoryUsage, { rss: () => sizes.rss });
  expect(isMemoryTight(400)).toBe(isTight);
  usage.mockRestore();
  expect(process.memoryUsage.rss).toBe(rss);
});
