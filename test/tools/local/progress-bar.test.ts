import { expect, it } from "vitest";
import type { Progress } from "../../../tools/local/api-client.ts";
import { ProgressBar, progressLine } from "../../../tools/local/progress-bar.ts";

const idle: Progress = {
  status: "IN_PROGRESS",
  percentage_complete: 42,
  total_count: 120,
  total_size: 344_200_000,
  download_count: 51,
  download_size: 100_000_000,
  failed_count: 0,
  available_task_count: 69,
  in_progress_task_count: 0,
  in_progress_size: 0,
  bytes_per_second: 0,
  instances_at_work: 0,
  estimated_finish_at: null,
  timestamp: "2024-04-16 03:12:00.000000",
};
const atWork = { in_progress_size: 45_000_000, bytes_per_second: 12_340_000, instances_at_work: 2 };
const LINE = "IN_PROGRESS [#############.................]  42%  51/120 tasks";

it.each([
  ["nobody is at work", {}, `${LINE}  100.0 of 344.2 MB`],
  ["a rate that tells nothing", atWork, `${LINE}  145.0 of 344.2 MB  12.3 MB/s`],
  ...[
    ["03:12:16.4", "16 s"],
    ["03:15:20.0", "3 min 20 s"],
    ["05:17:59.0", "2 h 5 min"],
    ["03:11:59.0", "0 s"],
  ].map(([at, left]): [string, Partial<Progress>, string] => [
    `${left} left`,
    { ...atWork, estimated_finish_at: `2024-04-16 ${at}00000` },
    `${LINE}  145.0 of 344.2 MB  12.3 MB/s  ${left} left`,
  ]),
] as [string, Partial<Progress>, string][])("shows bytes, rate and time left: %s", (_, change, line) => {
  expect(progressLine({ ...idle, ...change })).toBe(line);
});

it("writes no line twice where it cannot draw in place", () => {
  const written: string[] = [];
  const bar = new ProgressBar({ isTTY: false, write: (text: string) => written.push(text) });
  for (const percentage_complete of [40, 42, 49, 50, 50]) bar.show({ ...idle, percentage_complete });
  bar.end();
  expect(written).toHaveLength(2);
});
