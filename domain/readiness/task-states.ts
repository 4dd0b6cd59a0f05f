import type { Status } from "../request/lifecycle.ts";

/** The states of a task, in the order of the progress bars of console and command. */
export const TASK_STATES = ["warm", "hit", "regional", "done", "not_kept", "failed", "under_way", "waiting"] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** How many tasks are in each state. */
export type TaskStates = Readonly<Record<TaskState, number>>;

export const NO_TASK_STATES: TaskStates = {
  warm: 0,
  hit: 0,
  regional: 0,
  done: 0,
  not_kept: 0,
  failed: 0,
  under_way: 0,
  waiting: 0,
};

/** Counts as the API reports them, of a request or of a POP: the failed ones include those that were not kept. */
interface AnswerCounts {
  readonly total_count: number;
  readonly download_count: number;
  readonly failed_count: number;
  readonly warm_count: number;
  readonly hit_count: number;
  readonly regional_count: number;
  readonly not_kept_count: number;
  /** Absent for a POP. */
  readonly in_progress_task_count?: number;
}

/** The states of all tasks, each task once. Counts of one answer may disagree for a moment, so none is below zero. */
export function taskStatesOf(counts: AnswerCounts): TaskStates {
  const { total_count: total, download_count: results, not_kept_count: notKept } = counts;
  const { warm_count: warm, hit_count: hit, regional_count: regional } = counts;
  const left = Math.max(0, total - results);
  const underWay = Math.min(left, counts.in_progress_task_count ?? 0);
  return {
    warm,
    hit,
    regional,
    not_kept: notKept,
    done: Math.max(0, results - counts.failed_count - warm - hit - regional),
    failed: Math.max(0, counts.failed_count - notKept),
    under_way: underWay,
    waiting: left - underWay,
  };
}

/** Of several POPs together. */
export function sumOfTaskStates(all: readonly TaskStates[]): TaskStates {
  const sum = { ...NO_TASK_STATES };
  for (const one of all) for (const name of TASK_STATES) sum[name] += one[name];
  return sum;
}

/** Tasks that are not as they were meant to be. */
export function badTasksOf(states: TaskStates): number {
  return states.not_kept + states.failed;
}

/** The URLs of a request, and those of them that could not be read in any variant. */
export interface UrlCounts {
  readonly url_count: number;
  /** @default 0 */
  readonly unreadable_urls?: number | undefined;
}

/** Estimated number of tasks that the unreadable URLs would have, in proportion to those of the readable ones. Those URLs are cold at every POP. */
export function unreadTasks(tasks: number, { url_count: urls, unreadable_urls: unread = 0 }: UrlCounts): number {
  if (unread === 0) return 0;
  // Without a readable URL, there is no proportion.
  const perReadableUrl = urls > unread ? unread / (urls - unread) : 1;
  return Math.max(1, Math.round(tasks * perReadableUrl));
}

/** Fields of the API's progress that the bar needs in addition to the task counts. */
interface ByteCounts extends UrlCounts {
  readonly status: Status;
  readonly total_size: number;
  readonly download_size: number;
  readonly in_progress_size: number;
  readonly percentage_complete: number;
  readonly percentage_of: "bytes" | "tasks";
}

/** The progress of a request as every view shows it, in whole per cent, and what it counts. A finished request has all its results. */
export function completeOf(request: Pick<ByteCounts, "status" | "percentage_complete" | "percentage_of">) {
  if (request.status === "FINISHED") return { percent: 100, of: "tasks" } as const;
  return { percent: request.percentage_complete, of: request.percentage_of };
}

/**
 * How much of a request's bar each state has, in parts of any size. The bar shows what {@link completeOf} counts: of bytes, so that a large
 * file moves it. What failed has no bytes, and its share of the tasks; with it stands what could not be read.
 */
export function barShares(request: AnswerCounts & ByteCounts): TaskStates {
  const counted = taskStatesOf(request);
  const { total_size, total_count, download_size, in_progress_size } = request;
  const tally = { ...counted, failed: counted.failed + unreadTasks(total_count, request) };
  if (tally.waiting + tally.under_way === 0 || total_size <= 0 || completeOf(request).of === "tasks") return tally;
  const good = tally.warm + tally.hit + tally.regional + tally.done;
  const ofGood = (count: number) => (good === 0 ? 0 : (download_size / total_size) * (count / good));
  const shares = {
    warm: ofGood(tally.warm),
    hit: ofGood(tally.hit),
    regional: ofGood(tally.regional),
    done: ofGood(tally.done),
    not_kept: tally.not_kept / total_count,
    failed: tally.failed / total_count,
    under_way: Math.max(in_progress_size / total_size, tally.under_way > 0 ? Number.EPSILON : 0),
  };
  const used = Object.values(shares).reduce((sum, it) => sum + it, 0);
  return { ...shares, waiting: Math.max(0, 1 - used) };
}
