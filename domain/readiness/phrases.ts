import type { Readiness, Verdict } from "../request/verdict.ts";

/** How many tasks there are of each outcome; `done` are those of which nothing is claimed. */
export interface Claims {
  readonly total: number;
  readonly failed: number;
  readonly warm: number;
  readonly hit: number;
  readonly done: number;
}

/** The sentences of a language. Durations are milliseconds. */
export interface Phrases {
  readonly timeIsUp: () => string;
  readonly askingSizes: () => string;
  readonly readingSources: () => string;
  readonly checkingPops: () => string;
  readonly queuing: () => string;
  readonly counting: () => string;
  /** @param running tasks that agents still hold */
  readonly paused: (waiting: number, running: number) => string;
  readonly waitingForInstances: (ms: number) => string;
  readonly noProgress: (ms: number) => string;
  readonly underWay: (percentage: number) => string;
  readonly late: (byMs: number) => string;
  /** @param at the time of day at which it is done, if that is to be told */
  readonly onTime: (leftMs: number, spareMs: number, at: string | undefined) => string;
  readonly failed: (reason: string | undefined) => string;
  /** @param percentage undefined: it is not counted yet */
  readonly stopped: (percentage: number | undefined, notTried: number, failed: number) => string;
  readonly timedOut: (percentage: number | undefined, notTried: number, failed: number) => string;
  /** Of one that a release before has ended, which gave no verdict. */
  readonly finished: (claims: Claims) => string;
  /** Where nothing is known of what the verdict rests on: how many tasks failed stands beside it, not as the reason. */
  readonly verdict: (verdict: Verdict, claims: Claims) => string;
  /** @param verdict `ready_with_exceptions`, or `not_verified` with exceptions */
  readonly exceptions: (verdict: Verdict, readiness: Readiness, claims: Claims) => string;
  readonly notReady: (readiness: Readiness, claims: Claims) => string;
}
