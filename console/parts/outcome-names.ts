import type { TaskState } from "../../domain/readiness/task-states.ts";
import type { TextName } from "../words/messages.ts";

export const OUTCOME_NAMES: Readonly<Record<TaskState, TextName>> = {
  warm: "warm",
  hit: "hit",
  regional: "regional",
  done: "downloaded",
  not_kept: "notKept",
  failed: "failed",
  under_way: "underWay",
  waiting: "waiting",
};
