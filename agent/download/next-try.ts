import { asksForPatience } from "../../domain/origin/origin-response.ts";
import { isErrorPage } from "../../domain/result/outcome.ts";
import type { Answer, Outcome } from "./answer.ts";
import type { Attempt } from "./to-result.ts";

/** Attempts at a URL in one message, and in all messages. */
const AT_ONCE = 3;
const IN_ALL = 3;
/** The same for an origin that says that it has too much to do. */
const WITH_PATIENCE = 8;

/**
 * What follows an attempt. `later`: CloudFront keeps an error for some seconds. The regional edge cache keeps it, too, so that each
 * address of the POP returns it. The next attempt starts when the error can be gone. `now`: nothing is kept of a connection that failed.
 */
export type NextTry = "now" | "later" | "never";

/**
 * @param tries attempts at the same URL and variant before, in messages that were put off
 * @param hasNext whether there is an address that is worth an attempt
 */
export function nextTry(
  { count, outcome, answer }: Pick<Attempt, "count" | "outcome" | "answer">,
  tries: number,
  hasNext: boolean,
): NextTry {
  if (outcome.kind !== "RETRY") return "never";
  const all = tries + count;
  if (asksForPatience(answer.httpStatus)) return all < WITH_PATIENCE ? "later" : "never";
  if (!hasNext) return "never";
  if (!mayBeKept(outcome, answer)) return count < AT_ONCE ? "now" : "never";
  return all < IN_ALL ? "later" : "never";
}

/** Whether a cache may have kept the error and return it again. The body of such a response may have failed, too. */
function mayBeKept({ failure }: Exclude<Outcome, { kind: "GOOD" }>, { httpStatus = 0, xCache }: Answer): boolean {
  // Another POP's cache is not this one's.
  if (failure.reason === "other_pop") return false;
  return httpStatus >= 500 || (httpStatus < 300 && isErrorPage({ xCache }));
}
