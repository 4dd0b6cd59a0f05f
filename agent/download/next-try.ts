import { asksForPatience } from "../../domain/origin/refusal.ts";
import type { Outcome } from "./answer.ts";
import type { Attempt } from "./to-result.ts";

/** How often a task is asked for at once, and how often in all. */
const AT_ONCE = 3;
const IN_ALL = 3;
/** The same for an origin that says that it has too much to do. */
const WITH_PATIENCE = 8;

/**
 * What follows an attempt. `later`: CloudFront keeps an error for some seconds, and answers with it. So the same address is asked
 * again when that can be gone, and an origin that asks for patience is not asked at any address before.
 */
export type NextTry = "now" | "later" | "never";

/**
 * @param tries how often the task was asked for before, in messages that were put off
 * @param next which address would be next, untried or not; undefined: none is worth it
 */
export function nextTry(
  { count, outcome, answer }: Pick<Attempt, "count" | "outcome" | "answer">,
  tries: number,
  next: "untried" | "tried" | undefined,
): NextTry {
  if (outcome.kind !== "RETRY") return "never";
  const all = tries + count;
  if (asksForPatience(answer.httpStatus)) return all < WITH_PATIENCE ? "later" : "never";
  if (next === undefined) return "never";
  if (!mayBeKept(outcome)) return count < AT_ONCE ? "now" : "never";
  if (all >= IN_ALL) return "never";
  return next === "untried" ? "now" : "later";
}

/** Whether the edge may have kept the error, and answer with it again. */
function mayBeKept({ failure }: Exclude<Outcome, { kind: "GOOD" }>): boolean {
  return failure.reason === "http_5xx" || failure.code === "ERROR_PAGE";
}
