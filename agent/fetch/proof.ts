import { MAX_WHOLE_CHECK_BYTES } from "../../domain/limits.ts";
import { type Failure, notKept } from "../../domain/result/failure.ts";
import { type TaskOutcome, tierOf, upstreamOf } from "../../domain/result/outcome.ts";
import {
  cacheStatusOf,
  downloadsIn,
  type HitWarning,
  nextStep,
  type Observation,
  type ProofStep,
  parseAge,
} from "../../domain/result/proof.ts";
import { judge } from "./attempt-verdict.ts";
import type { HttpResult } from "./http/http-client.ts";

/** What an address of a POP has shown. */
export interface Proof {
  /** `failed`: the download was good, and a request after it that was needed to judge the cache was not. So nothing is known of the cache. */
  readonly outcome: TaskOutcome;
  /** Of a `hit`: why it is not `warm`, where the tier was not the reason. */
  readonly warning?: HitWarning;
  /** The last answer, which the outcome follows from. */
  readonly answer: HttpResult;
  readonly tier: string | undefined;
  /** Seconds. */
  readonly age: number | undefined;
  /** How often the object was downloaded whole. */
  readonly rounds: number;
  /** Of `not_kept` and `failed`. */
  readonly failure?: Failure;
}

/** An answer, and when it was asked for and ended, in milliseconds of a clock that never goes back. */
export interface Timed {
  readonly answer: HttpResult;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A request that the table asks for. */
export type ProofRequest = Extract<ProofStep, { readonly next: string }>;

/** A request and, if its answer was not good, why. */
export interface Requested extends Timed {
  readonly failure: Failure | undefined;
}

/** What a proof needs of the one who downloads. */
export interface Prover {
  /**
   * Sends a request to the address that the download came from, not before its time.
   * @param history what was requested there before
   */
  readonly request: (request: ProofRequest, history: readonly Observation[]) => Promise<Requested>;
  /** Whether a Miss of the host has carried an `Age` by now. */
  readonly originSendsAge: () => boolean;
  /** Whether the task was cut off: then nothing is repeated. */
  readonly isCancelled: () => boolean;
}

type Last = Requested & { readonly next: ProofRequest["next"] };

/**
 * Requests the object until the decision table has a result for its address.
 * @param download the first one
 */
export async function prove(download: Timed, { request, originSendsAge, isCancelled }: Prover): Promise<Proof> {
  const history = [observed("download", download)];
  let last: Last = { ...download, failure: undefined, next: "download" };
  for (;;) {
    const step = nextStep(history, originSendsAge());
    if ("outcome" in step) return proofOf(step, history, last);
    last = { ...(await request(step, history)), next: step.next };
    const { failure } = last;
    // AWS WAF answers the next request in the same way. Without the second download, there is nothing to check.
    if (failure !== undefined && (step.next === "download" || failure.reason === "waf" || isCancelled()))
      return proofOf({ outcome: "failed" }, history, last);
    const { startedAt, endedAt } = last;
    history.push(failure === undefined ? observed(step.next, last) : { kind: step.next, startedAt, endedAt });
  }
}

function proofOf(step: Exclude<ProofStep, ProofRequest>, history: readonly Observation[], last: Last): Proof {
  const { answer } = last;
  const { tier, age } = history.at(-1) ?? {};
  const seen = { answer, tier, age, rounds: downloadsIn(history) };
  if (step.outcome === "failed") return { ...seen, outcome: "failed", failure: failureOf(last) };
  if (step.outcome === "not_kept") return { ...seen, outcome: "not_kept", failure: notKept(step.reason, answer) };
  return { ...seen, ...step };
}

/** The request's own failure, and which request it was: the download before it was complete. */
function failureOf({ failure = { reason: "other" }, next }: Last): Failure {
  if (failure.reason === "waf") return failure;
  const which = `the object was downloaded, but ${next === "check" ? "the check" : "the second download"} failed`;
  return { ...failure, detail: failure.detail === undefined ? which : `${which}: ${failure.detail}` };
}

function observed(kind: Observation["kind"], { answer, startedAt, endedAt }: Timed): Observation {
  const { xCache, serverTiming, age } = answer;
  return {
    startedAt,
    endedAt,
    kind,
    cache: cacheStatusOf(xCache),
    tier: tierOf(serverTiming),
    upstream: upstreamOf(serverTiming),
    age: parseAge(age),
  };
}

/**
 * What a check adds to the lines of a request's head: nothing, or a range of one byte for a large object. A range request only checks; it
 * never warms: the whole object was downloaded at that address before. Where the caller's headers have a range of their own, it stays.
 * @param bytes of the download
 * @param history what was requested at that address before. The first byte that one of them asked for may be kept by itself, and would be a hit of itself:
 * after it only the whole object is asked for, and a large one is left once its head has come.
 */
export function checkHeaders(headers: string, bytes: number, history: readonly Observation[]): string {
  const isFirst = !history.some(({ kind }) => kind === "check");
  return bytes <= MAX_WHOLE_CHECK_BYTES || !isFirst || /^range:/im.test(headers) ? "" : "range: bytes=0-0\r\n";
}

/** Why the answer to a check tells nothing of the object at that POP; undefined: it does. */
export function checkFailure(answer: HttpResult): Failure | undefined {
  const { httpStatus: status, xCache, wafAction, failure } = answer;
  if (wafAction !== undefined || (status !== 200 && status !== 206)) {
    return judge(answer, null).failure ?? { reason: "other", code: `HTTP ${status}` };
  }
  if (failure !== undefined && failure.reason !== "too_large") return failure;
  return xCache === undefined ? { reason: "other", detail: "the response has no x-cache" } : undefined;
}
