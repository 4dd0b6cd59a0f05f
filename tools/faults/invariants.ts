import type { TaskResult } from "../../domain/result/task-result.ts";
import { unmet } from "../local/results.ts";

/** What a run left behind: the values that are checked. */
export interface Aftermath {
  readonly progress: {
    readonly status: string;
    readonly total_count: number;
    readonly download_count: number;
    readonly download_size: number;
    readonly failed_count: number;
  };
  readonly results: readonly TaskResult[];
  /** Rows of the report without its header. */
  readonly reportRows: number;
  /** `pop url` of every task that was to be done. */
  readonly planned: ReadonlySet<string>;
  readonly messages: number;
  /** Messages that nobody could do. */
  readonly deadLetters: number;
  readonly capacity: number;
  readonly schedules: number;
}

/** The figures of a run's table. */
export interface Figures {
  /** Tasks without a result. */
  readonly lost: number;
  /** Results beyond one for each task, and what the counters have beyond the results. */
  readonly countedTwice: number;
  /** Messages, instances and timers that are left. */
  readonly stuck: number;
}

/** The values that are wrong if nothing is lost, counted twice or left behind. Empty if all is well. */
export function violations(after: Aftermath): string[] {
  const { progress, results, planned } = after;
  const good = results.filter(({ ok }) => ok);
  return unmet([
    ["status", progress.status, "FINISHED"],
    ["total_count", progress.total_count, planned.size],
    ["download_count", progress.download_count, planned.size],
    ["results", results.length, planned.size],
    ["download_size", progress.download_size, good.reduce((sum, { bytes }) => sum + bytes, 0)],
    ["failed_count", progress.failed_count, results.length - good.length],
    ["rows in the report", after.reportRows, results.length - good.length],
    ["messages in the queue", after.messages, 0],
    ["instances", after.capacity, 0],
    ["timers", after.schedules, 0],
    ["lost tasks", figures(after).lost, 0],
  ]);
}

export function figures({ progress, results, planned, messages, capacity, schedules }: Aftermath): Figures {
  const found = new Set(results.map(({ pop, url }) => `${pop} ${url}`));
  return {
    lost: [...planned].filter((task) => !found.has(task)).length,
    countedTwice: results.length - found.size + Math.max(0, progress.download_count - found.size),
    stuck: messages + capacity + schedules,
  };
}
