import { expect, test } from "vitest";
import { coverageTable, summarySchema } from "../../../tools/checks/coverage.ts";

const counts = (lines: readonly [number, number], branches: readonly [number, number]) => ({
  lines: { covered: lines[0], total: lines[1] },
  branches: { covered: branches[0], total: branches[1] },
});

test("the coverage table adds up files by top-level folder and by the folder below it", () => {
  const summary = {
    total: counts([26, 160], [4, 16]),
    "/root/lambdas/task/fan-out/leads.ts": counts([9, 10], [1, 4]),
    "/root/lambdas/task/handler.ts": counts([3, 30], [2, 2]),
    "/root/lambdas/capacity.ts": counts([14, 20], [1, 3]),
    "/root/agent/types.ts": counts([0, 100], [0, 7]),
    "/root/agent/queue/pause.ts": counts([0, 0], [0, 0]),
  };
  const rows = coverageTable(summary, "/root")
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, ...cells]) => cells.slice(0, 5));
  expect(rows).toEqual([
    ["all", "160", "16.25 %", "16", "25.00 %"],
    ["agent", "100", "0.00 %", "7", "0.00 %"],
    ["agent/queue", "0", "-", "0", "-"],
    ["lambdas", "60", "43.33 %", "9", "44.44 %"],
    ["lambdas/task", "40", "30.00 %", "6", "50.00 %"],
  ]);
});

test("a summary without branches is refused", () => {
  expect(summarySchema.safeParse({ total: { lines: { total: 1, covered: 1 } } }).success).toBe(false);
});
