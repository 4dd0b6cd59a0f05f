import { expect, test } from "vitest";
import { plainLine } from "../../../cli/live/plain-line.ts";
import { progress } from "../progress.ts";

test("a line that programs can read", () => {
  expect(plainLine(progress())).toBe(
    "2026-11-25T11:46:15Z e059b77b IN_PROGRESS 62% tasks=1971/3192 warm=1931 hit=31 not_kept=4 failed=5 left=334s",
  );
});

test("each task is counted once; what is not known is left out", () => {
  const counts = { download_count: 100, warm_count: 50, hit_count: 10, failed_count: 30, not_kept_count: 12 };
  expect(plainLine(progress({ ...counts, estimated_finish_at: null }))).toContain(
    "tasks=100/3192 warm=50 hit=10 done=10 not_kept=12 failed=18",
  );
  expect(plainLine(progress({ estimated_finish_at: null }))).not.toContain("left");
});
