import type { Progress } from "../api/answers.ts";
import type { Style } from "../output/paint.ts";

/** Where a task stands, in the order of every bar. */
export const STATES = ["warm", "hit", "done", "not_kept", "failed", "under_way", "waiting"] as const;
export type State = (typeof STATES)[number];
export type Tally = Readonly<Record<State, number>>;

export const STYLES: Readonly<Record<State, Style>> = {
  warm: "green",
  hit: "blue",
  done: "white",
  not_kept: "yellow",
  failed: "red",
  under_way: "magenta",
  waiting: "gray",
};

export const WORDS: Readonly<Record<State, string>> = {
  warm: "warm",
  hit: "hit",
  done: "done",
  not_kept: "not kept",
  failed: "failed",
  under_way: "under way",
  waiting: "waiting",
};

type Counted = Pick<Progress, "download_count" | "failed_count" | "warm_count" | "hit_count" | "not_kept_count">;

/** The tasks of a request, each once. The API counts those that are not kept among the failed ones. */
export function tallyOf(counted: Counted & Pick<Progress, "in_progress_task_count" | "available_task_count">): Tally {
  return {
    ...resultsOf(counted),
    under_way: counted.in_progress_task_count,
    waiting: counted.available_task_count,
  };
}

/** Of one POP or REC, nobody says how many of the rest are under way. */
export function popTally(counted: Counted & Pick<Progress, "total_count">): Tally {
  return { ...resultsOf(counted), under_way: 0, waiting: Math.max(0, counted.total_count - counted.download_count) };
}

function resultsOf(it: Counted): Pick<Tally, "warm" | "hit" | "done" | "not_kept" | "failed"> {
  return {
    warm: it.warm_count,
    hit: it.hit_count,
    done: Math.max(0, it.download_count - it.failed_count - it.warm_count - it.hit_count),
    not_kept: it.not_kept_count,
    failed: Math.max(0, it.failed_count - it.not_kept_count),
  };
}
