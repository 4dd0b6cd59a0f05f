import { expect, it } from "vitest";
import { BATCH_PATHS, inBatches, MAX_PATHS_IN_PROGRESS, mayStart } from "../../../domain/request/invalidation.ts";

const QUOTA = 3_000;
const paths = (n: number) => Array.from({ length: n }, (_, i) => `/${String(i).padStart(5, "0")}`);
const batch = (distributionId: string, n: number) => ({ distributionId, paths: paths(n) });

it("paths are divided by distribution, in the same way in whatever order they come", () => {
  const all = paths(BATCH_PATHS + 1);
  const batches = inBatches(
    new Map([
      ["E1", new Set(all.toReversed())],
      ["E2", new Set(["/x"])],
    ]),
  );
  expect(batches).toEqual([
    { distributionId: "E1", paths: all.slice(0, BATCH_PATHS) },
    { distributionId: "E1", paths: all.slice(BATCH_PATHS) },
    { distributionId: "E2", paths: ["/x"] },
  ]);
  expect(inBatches(new Map())).toEqual([]);
});

it("a distribution never has more in progress than leaves others room", () => {
  expect(MAX_PATHS_IN_PROGRESS).toBeLessThan(QUOTA);
  const inProgress: ReturnType<typeof batch>[] = [];
  while (mayStart(batch("E1", BATCH_PATHS), inProgress)) inProgress.push(batch("E1", BATCH_PATHS));
  expect(inProgress.length * BATCH_PATHS).toBe(MAX_PATHS_IN_PROGRESS);
  expect(mayStart(batch("E1", 1), inProgress)).toBe(false);
  expect(mayStart(batch("E2", BATCH_PATHS), inProgress)).toBe(true);
  expect(mayStart(batch("E1", BATCH_PATHS), inProgress.slice(1))).toBe(true);
});
