import type { TaskState } from "../../domain/readiness/task-states.ts";
import type { Style } from "../output/paint.ts";

export const STYLES: Readonly<Record<TaskState, Style>> = {
  warm: "green",
  hit: "blue",
  regional: "cyan",
  done: "white",
  not_kept: "yellow",
  failed: "red",
  under_way: "magenta",
  waiting: "gray",
};

export const WORDS: Readonly<Record<TaskState, string>> = {
  warm: "warm",
  hit: "hit",
  regional: "regional",
  done: "done",
  not_kept: "not kept",
  failed: "failed",
  under_way: "in progress",
  waiting: "waiting",
};
