import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { tierOf, type Outcome as Warmth } from "../../domain/result/outcome.ts";
import type { Answer, Outcome } from "./answer.ts";

/** An attempt, by its number from 1. */
interface Attempted {
  readonly count: number;
  readonly answer: Answer;
  readonly outcome: Outcome;
}

/**
 * Whether a follower's download came from the origin. The POP that led it has the object, and its REC too; so this POP asks
 * another REC than the catalogue says. Only what Server-Timing tells counts, and a first attempt: one before it may have failed
 * at the origin. An object that this POP does not keep says nothing either: the REC does not keep it, whichever it is.
 * @param shown by the proof
 */
export function isRecMiss(
  message: Pick<TaskMessage, "follows" | "tries">,
  attempt: Attempted,
  shown?: Warmth,
): boolean {
  const { count, answer, outcome } = attempt;
  const { serverTiming } = answer;
  if (
    message.follows !== true ||
    (message.tries ?? 0) + count !== 1 ||
    outcome.kind !== "GOOD" ||
    shown === "not_kept" ||
    serverTiming === undefined
  )
    return false;
  return CAME_FROM_ORIGIN.test(serverTiming) && tierOf(serverTiming) === undefined;
}

const CAME_FROM_ORIGIN = /(?:^|,)\s*cdn-cache-miss\b/;
