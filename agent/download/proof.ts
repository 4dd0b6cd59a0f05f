import type { Failure } from "../../domain/result/failure.ts";
import { notKept } from "../../domain/result/not-kept.ts";
import { nextStep, type Outcome, roundsOf, type Seen, tierOf } from "../../domain/result/outcome.ts";
import { type Answer, wafFailureOf } from "./answer.ts";

/** What an address of a POP has shown. */
export interface Proof {
  /** `failed`: AWS WAF let the download pass and not a request after it, so that nothing is known of the cache. */
  readonly outcome: Outcome;
  /** The last answer, which the outcome follows from. */
  readonly answer: Answer;
  readonly tier: string | undefined;
  /** Seconds. */
  readonly age: number | undefined;
  readonly rounds: number;
  /** Of `not_kept` and `failed`. */
  readonly failure?: Failure;
}

/** Asks at the address that the download came from. @param round from 1. @returns whether the answer is good, and the answer */
export type AskAgain = (
  ask: Seen["ask"],
  round: number,
) => Promise<{ readonly good: boolean; readonly answer: Answer }>;

/**
 * Asks until it is clear what a good download left at its address.
 * @param download the answer of the first one
 * @param pause waits for so many milliseconds
 */
export async function prove(
  download: Answer,
  askAgain: AskAgain,
  pause: (ms: number) => Promise<unknown>,
): Promise<Proof> {
  const seen: Seen[] = [seenIn("whole", download)];
  let last = download;
  for (;;) {
    const step = nextStep(seen);
    if ("outcome" in step) return proofOf(step.outcome, seen, last);
    if (step.pauseMs !== undefined) await pause(step.pauseMs);
    const { good, answer } = await askAgain(step.ask, roundsOf(seen));
    last = answer;
    const waf = wafFailureOf(answer);
    if (waf !== undefined) return { ...proofOf("failed", seen, last), failure: waf };
    // Whole once, and not to be had again: nothing shows that it is kept.
    if (!good && step.ask === "whole") return proofOf("not_kept", seen, last, answer.failure);
    seen.push(good ? seenIn(step.ask, answer) : { ask: step.ask });
  }
}

function proofOf(outcome: Proof["outcome"], seen: readonly Seen[], answer: Answer, failure?: Failure): Proof {
  const last = seen.at(-1);
  const proof = { outcome, answer, tier: last?.tier, age: last?.age, rounds: roundsOf(seen) };
  if (outcome !== "not_kept") return proof;
  const why = notKept(answer);
  if (failure === undefined) return { ...proof, failure: why };
  return {
    ...proof,
    failure: { ...why, detail: `asked again, it could not be had: ${failure.detail ?? failure.code}` },
  };
}

function seenIn(ask: Seen["ask"], answer: Answer): Seen {
  const { xCache, serverTiming, age } = answer;
  const seconds = age === undefined ? Number.NaN : Number(age);
  return {
    ask,
    xCache,
    told: serverTiming !== undefined,
    tier: serverTiming === undefined ? undefined : tierOf(serverTiming),
    age: Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : undefined,
  };
}
