import { WHOLE_LOOK_BYTES } from "../../domain/request/limits.ts";
import type { Failure } from "../../domain/result/failure.ts";
import { notKept } from "../../domain/result/not-kept.ts";
import { type Outcome, tierOf } from "../../domain/result/outcome.ts";
import {
  cacheStatusOf,
  downloadsIn,
  type HitWarning,
  nextStep,
  type Observation,
  parseAge,
  type Step,
  upstreamOf,
} from "../../domain/result/proof.ts";
import { type Answer, wafFailureOf } from "./answer.ts";

/** What an address of a POP has shown. */
export interface Proof {
  /** `failed`: AWS WAF let the download pass and not a request after it, so that nothing is known of the cache. */
  readonly outcome: Outcome;
  /** Of a `hit`: why it is not `warm`, where the tier was not the reason. */
  readonly warning?: HitWarning;
  /** The last answer, which the outcome follows from. */
  readonly answer: Answer;
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
  readonly answer: Answer;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A request that the table asks for. */
export type Request = Extract<Step, { readonly next: string }>;

/** What a proof needs of the one who downloads. */
export interface Prover {
  /**
   * Sends a request to the address that the download came from, not before its time.
   * @param history what was requested there before
   */
  readonly request: (request: Request, history: readonly Observation[]) => Promise<Timed & { readonly good: boolean }>;
  /** Whether a Miss of the host has carried an `Age` by now. */
  readonly originSendsAge: () => boolean;
}

/**
 * Requests the object until the decision table says what a good download left at its address.
 * @param download the first one
 */
export async function prove(download: Timed, { request, originSendsAge }: Prover): Promise<Proof> {
  const history = [observed("download", download)];
  let last = download.answer;
  for (;;) {
    const step = nextStep(history, originSendsAge());
    if ("outcome" in step) return proofOf(step, history, last);
    const { good, ...timed } = await request(step, history);
    last = timed.answer;
    const waf = wafFailureOf(last);
    if (waf !== undefined) return { ...seenIn(history, last), outcome: "failed", failure: waf };
    // Whole once, and not to be had again: nothing shows that it is kept.
    if (!good && step.next === "download") return unavailable(history, last);
    history.push(good ? observed(step.next, timed) : { ...timesOf(timed), kind: step.next });
  }
}

function proofOf(step: Exclude<Step, Request>, history: readonly Observation[], answer: Answer): Proof {
  const seen = seenIn(history, answer);
  if (step.outcome === "not_kept") return { ...seen, outcome: "not_kept", failure: notKept(step.reason, answer) };
  if (step.outcome !== "hit" || step.warning === undefined) return { ...seen, outcome: step.outcome };
  return { ...seen, outcome: "hit", warning: step.warning };
}

function unavailable(history: readonly Observation[], answer: Answer): Proof {
  const { failure } = answer;
  const detail = `the second download failed: ${failure?.detail ?? failure?.code ?? `HTTP ${answer.httpStatus}`}`;
  return { ...seenIn(history, answer), outcome: "not_kept", failure: { ...notKept("NO_HIT", answer), detail } };
}

function seenIn(history: readonly Observation[], answer: Answer) {
  const last = history.at(-1);
  return { answer, tier: last?.tier, age: last?.age, rounds: downloadsIn(history) };
}

function observed(kind: Observation["kind"], timed: Timed): Observation {
  const { xCache, serverTiming, age } = timed.answer;
  return {
    ...timesOf(timed),
    kind,
    cache: cacheStatusOf(xCache),
    tier: tierOf(serverTiming),
    upstream: upstreamOf(serverTiming),
    age: parseAge(age),
  };
}

function timesOf({ startedAt, endedAt }: Timed) {
  return { startedAt, endedAt };
}

/** What a check adds to a request, and how much of its answer is read. */
export interface CheckRequest {
  /** Lines of the head, each with its CRLF. */
  readonly headers: string;
  readonly maxBytes: number;
}

const WHOLE: CheckRequest = { headers: "", maxBytes: WHOLE_LOOK_BYTES };
/** A server that sends more than the byte is left at once: its head has said what is to be known. */
const FIRST_BYTE: CheckRequest = { headers: "range: bytes=0-0\r\n", maxBytes: WHOLE_LOOK_BYTES };

/**
 * How to check an object. A range is a question, and never a way to warm: so the object was downloaded whole at that address before.
 * Where the caller's headers have a range of their own, it stays as it is.
 * @param bytes of the download
 * @param history what was requested at that address before. The first byte that one of them asked for may be kept by itself, and would be a hit of itself:
 * after it only the whole object is asked for, and a large one is left once its head has come.
 */
export function checkOf(
  { headers }: { readonly headers: string },
  bytes: number,
  history: readonly Pick<Observation, "kind">[],
): CheckRequest {
  const isFirst = !history.some(({ kind }) => kind === "check");
  return bytes <= WHOLE_LOOK_BYTES || !isFirst || /^range:/im.test(headers) ? WHOLE : FIRST_BYTE;
}

/** Whether the answer tells anything of the object at that POP. */
export function isCheckGood(
  { httpStatus: status = 0, xAmzCfPop = "", wafAction, failure }: Answer,
  pop: string,
): boolean {
  if (wafAction !== undefined) return false;
  if (xAmzCfPop !== "" && xAmzCfPop !== pop) return false;
  if (failure !== undefined && failure.reason !== "too_large") return false;
  return status === 200 || status === 206;
}
