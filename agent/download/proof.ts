import type { Failure } from "../../domain/result/failure.ts";
import { notKept } from "../../domain/result/not-kept.ts";
import { nextStep, type Outcome, roundsOf, type Seen, tierOf } from "../../domain/result/outcome.ts";
import type { Answer } from "./answer.ts";

/** What an address of a POP has shown. */
export interface Proof {
  readonly outcome: Exclude<Outcome, "failed">;
  /** The last answer, which the outcome follows from. */
  readonly answer: Answer;
  readonly tier: string | undefined;
  /** Seconds. */
  readonly age: number | undefined;
  readonly rounds: number;
  /** Why the object is not kept. */
  readonly failure?: Failure;
}

/** Asks at the address that the download came from. @returns whether the answer is good, and the answer */
export type AskAgain = (ask: Seen["ask"]) => Promise<{ readonly good: boolean; readonly answer: Answer }>;

/**
 * Asks until it is clear what a good download left at its address.
 * @param download the answer of the first one
 */
export async function prove(download: Answer, askAgain: AskAgain): Promise<Proof> {
  const seen: Seen[] = [seenIn("whole", download)];
  let last = download;
  for (;;) {
    const step = nextStep(seen);
    if ("outcome" in step) return proofOf(step.outcome, seen, last);
    const { good, answer } = await askAgain(step.ask);
    last = answer;
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

function seenIn(ask: Seen["ask"], { xCache, serverTiming, age }: Answer): Seen {
  const seconds = age === undefined ? Number.NaN : Number(age);
  return {
    ask,
    xCache,
    tier: serverTiming === undefined ? undefined : tierOf(serverTiming),
    age: Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : undefined,
  };
}
