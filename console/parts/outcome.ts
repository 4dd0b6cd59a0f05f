import type { TextName } from "../words/table.ts";

/** The states of a task, in the order in which every bar has them. */
export const OUTCOMES = ["warm", "hit", "done", "not_kept", "failed", "under_way", "waiting"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How many tasks are in each state. */
export type Outcomes = Readonly<Record<Outcome, number>>;

export const OUTCOME_NAMES: Readonly<Record<Outcome, TextName>> = {
  warm: "warm",
  hit: "hit",
  done: "done",
  not_kept: "notKept",
  failed: "failed",
  under_way: "taskUnderWay",
  waiting: "waiting",
};

/** Counts as the API tells them: the failed ones include those that were not kept. */
export interface Counts {
  readonly total_count: number;
  readonly download_count: number;
  readonly failed_count: number;
  readonly warm_count: number;
  readonly hit_count: number;
  readonly not_kept_count: number;
  readonly in_progress_task_count?: number;
}

/** The states of all tasks. Counts of one answer may disagree for a moment, so none is below zero. */
export function outcomesOf(counts: Counts): Outcomes {
  const { total_count: total, download_count: results, warm_count: warm, hit_count: hit } = counts;
  const notKept = counts.not_kept_count;
  const left = Math.max(0, total - results);
  const underWay = Math.min(left, counts.in_progress_task_count ?? 0);
  return {
    ...{ warm, hit, not_kept: notKept },
    done: Math.max(0, results - counts.failed_count - warm - hit),
    failed: Math.max(0, counts.failed_count - notKept),
    ...{ under_way: underWay, waiting: left - underWay },
  };
}

/** Tasks that are not as they were meant to be. */
export function badOf(outcomes: Pick<Outcomes, "not_kept" | "failed">): number {
  return outcomes.not_kept + outcomes.failed;
}
