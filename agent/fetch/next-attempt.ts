import { isThrottled } from "../../domain/origin/origin-response.ts";
import { isErrorPage } from "../../domain/result/outcome.ts";
import type { AttemptVerdict } from "./attempt-verdict.ts";
import type { HttpResult } from "./http/http-client.ts";
import type { Attempt } from "./to-result.ts";

/** Attempts within one message, after errors that no cache keeps. Those of earlier messages do not count: a deferred task gets as many again. */
const MAX_ATTEMPTS_PER_MESSAGE = 3;
/** Attempts in all messages, after errors that a cache may have kept. */
const MAX_ATTEMPTS = 3;
/** Attempts in all messages, after 429 and 503. */
const MAX_ATTEMPTS_WHEN_THROTTLED = 8;

/**
 * What follows an attempt. `later`: CloudFront keeps an error for some seconds. The regional edge cache keeps it, too, so that each
 * address of the POP returns it. The next attempt starts when the error can be gone. `now`: nothing is kept of a connection that failed.
 */
export type NextTry = "now" | "later" | "never";

/**
 * @param previousAttempts at the same URL and variant, in deferred messages
 * @param hasNext whether there is an address that is worth an attempt
 */
export function nextTry(
  { count, verdict, answer }: Omit<Attempt, "addressIndex">,
  previousAttempts: number,
  hasNext: boolean,
): NextTry {
  if (verdict.kind !== "RETRY") return "never";
  const all = previousAttempts + count;
  if (isThrottled(answer.httpStatus)) return all < MAX_ATTEMPTS_WHEN_THROTTLED ? "later" : "never";
  if (!hasNext) return "never";
  if (!isPossiblyCached(verdict, answer)) return count < MAX_ATTEMPTS_PER_MESSAGE ? "now" : "never";
  return all < MAX_ATTEMPTS ? "later" : "never";
}

/** Whether a cache may have kept the error and return it again. The body of such a response may have failed, too. */
function isPossiblyCached(
  { failure }: Exclude<AttemptVerdict, { kind: "GOOD" }>,
  { httpStatus = 0, xCache }: HttpResult,
): boolean {
  // Another POP's cache is not this one's.
  if (failure.reason === "other_pop") return false;
  return httpStatus >= 500 || (httpStatus < 300 && isErrorPage({ xCache }));
}

/**
 * Which of a POP's addresses the next attempt asks; undefined: none is worth it,
 * because an address that named another POP will name it again. After such an answer only an address that has not been tried is asked.
 * @param addressIndexOf the indexes of the addresses, by the number of the attempt
 * @param addresses how many the POP has
 * @param past the attempts so far, in order
 */
export function nextAddress(
  addressIndexOf: (attempt: number) => number,
  addresses: number,
  past: readonly Attempt[],
): number | undefined {
  const last = past.at(-1);
  const isLastOther = last !== undefined && isOther(last);
  const avoided = new Set(
    past.filter((it) => isLastOther || isOther(it)).map(({ addressIndex }) => addressIndex % addresses),
  );
  return Array.from({ length: addresses }, (_, i) => addressIndexOf(past.length + i)).find(
    (it) => !avoided.has(it % addresses),
  );
}

function isOther({ verdict }: Attempt): boolean {
  return verdict.failure?.reason === "other_pop";
}
