import type { Outcome } from "../../domain/readiness/outcomes.ts";
import type { TextName } from "../words/table.ts";

export const OUTCOME_NAMES: Readonly<Record<Outcome, TextName>> = {
  warm: "warm",
  hit: "hit",
  done: "done",
  not_kept: "notKept",
  failed: "failed",
  under_way: "taskUnderWay",
  waiting: "waiting",
};
