import { type ErrorTtls, errorCachedMs } from "../../domain/distribution/error-caching.ts";
import { MAX_DEFERRAL_SECONDS, MAX_WHOLE_CHECK_BYTES } from "../../domain/limits.ts";
import { retryAfterMs, staysInCache } from "../../domain/origin/origin-response.ts";
import { type Failure, notKept } from "../../domain/result/failure.ts";
import { isErrorPage, isHit, tierOf, upstreamOf } from "../../domain/result/outcome.ts";
import {
  cacheStatusOf,
  countsAsCheckOnEdgeHit,
  downloadsIn,
  nextStep as nextProofStep,
  type Observation,
  type ProofFacts,
  type ProofOutcome,
  type ProofRequest,
  parseAge,
} from "../../domain/result/proof.ts";
import { hitFill, leadFill, type SampleResult, sampleResult } from "../../domain/result/sample.ts";
import { pauseMs } from "../../domain/retry.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { type AttemptVerdict, hasOtherSize, judge } from "../fetch/attempt-verdict.ts";
import { isEdgeHit, isHitOfFill, type Timed } from "../fetch/fetch-object.ts";
import type { HttpResult } from "../fetch/http/http-client.ts";
import { nextAddress, nextTry } from "../fetch/next-attempt.ts";
import type { Attempt, FirstDownload, Proof, TaskAttempt } from "../fetch/to-result.ts";

/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 200;
/** Jitter of a deferred attempt, as a share of its delay. */
const DEFERRAL_JITTER = 0.3;
/** Jitter of a check that is to be alone: other processes that saw the same at the same time check at other times. */
const CHECK_ALONE_JITTER_MS = 1_000;

/** Settings of a task: they do not change while it runs. */
export interface TaskSettings extends Omit<ProofFacts, "originSendsAge"> {
  /** Number of addresses of the POP. */
  readonly addresses: number;
  /** Index of the address of the first attempt. */
  readonly firstAddress: number;
  /** Attempts at the current download in earlier messages. */
  readonly attemptsBefore: number;
  readonly expectedBytes: number | null;
  readonly compressed: boolean;
  /** Whether the caller's headers have a range. */
  readonly hasRange: boolean;
  readonly errorTtls: ErrorTtls | undefined;
  /** When the request ends, as a timestamp; undefined: unknown. */
  readonly deadline: string | undefined;
  /** Time after which CloudFront no longer caches an error, where the message does not say it. */
  readonly errorCachingMs: number;
  /** When the first request may be sent at the earliest, by `performance.now()`. */
  readonly notBefore: number;
  /** When a lead was queued, by `performance.now()`: a fill before that may be another request's. Undefined: unknown. */
  readonly queuedAt: number | undefined;
  /** Present for a task that checks a sample, or that leads one after another POP. */
  readonly sample: SampleSettings | undefined;
}

/** Facts about a sample. */
interface SampleSettings {
  /** When the REC of the lead stored the object, by `performance.now()`; undefined: unknown. */
  readonly leadFill: number | undefined;
  /** Whether a hit ends the task: its lead has shown that the REC keeps the object. */
  readonly endsOnHit: boolean;
  /** Whether the message was delivered before: that agent may have filled the REC of this POP. */
  readonly isRedelivered: boolean;
}

/** An answer to a request of a task, as it was judged. A check counts as one attempt. */
interface Seen extends Attempt {
  readonly kind: Observation["kind"];
  answer: HttpResult;
}

/** Observations so far. {@link recordAnswer} records them; {@link forgetAnswers} drops what they need no more. */
export interface TaskHistory {
  /** Good downloads, and checks. */
  readonly observations: Observation[];
  /** Attempts at the current download that failed. */
  failed: Attempt[];
  /** Attempts that failed, at all downloads. */
  failures: number;
  /** Last good download. */
  download: Seen | undefined;
  /** Set by the task itself, because it depends on the message. */
  first: FirstDownload | undefined;
  /** Whether a further request may reach the origin, as far as the downloads show. */
  mayReachOriginAgain: boolean;
  /** Last answer. It may be that of the last good download. */
  last: Seen | undefined;
  /** Whether an answer after a good download was a Hit or a RefreshHit. */
  sawHit: boolean;
  /** Bytes of all bodies. */
  transferredBytes: number;
  /** Result of the sample; undefined: it is none, or no download was good. */
  sample: SampleResult | undefined;
  /** When the cache that answered a sample, or the REC above its lead, stored the object, by `performance.now()`; undefined: unknown. */
  filledAt: number | undefined;
}

export function emptyHistory(transferredBytes = 0): TaskHistory {
  return {
    observations: [],
    failed: [],
    failures: 0,
    download: undefined,
    first: undefined,
    mayReachOriginAgain: true,
    last: undefined,
    sawHit: false,
    transferredBytes,
    sample: undefined,
    filledAt: undefined,
  };
}

/** The next request of a task. */
export interface RequestStep {
  readonly step: "request";
  readonly kind: Observation["kind"];
  readonly addressIndex: number;
  /** When it may be sent at the earliest, by `performance.now()`. */
  readonly earliestAt: number;
  /** Whether it waits until this process has no other request for the object in progress. */
  readonly alone: boolean;
  readonly countsAsCheckOnEdgeHit: boolean;
  /** The lead's fill, for a sample that a hit of it ends: a large body is left at its head. */
  readonly abortBodyOnFill?: number | undefined;
  readonly firstByteOnly: boolean;
}

/** The next request, or how the task ends: returned to the queue for a time, or with a result. */
export type TaskStep =
  | RequestStep
  | { readonly step: "defer"; readonly delayMs: number }
  | { readonly step: "end"; readonly end: TaskAttempt };

/** Resources of a task, and the state of what is around it. */
export interface Surroundings {
  /** Whether a follower still waits for its lead, or for other followers. */
  readonly isGated: boolean;
  readonly isCancelled: boolean;
  /** Whether the agent is stopping. */
  readonly isStopping: boolean;
  /** Whether the next request may be sent with a permit only. */
  readonly needsPermit: boolean;
  readonly hasPermit: boolean;
  /** Whether others wait for permits: then it waits with them, without a slot. */
  readonly isPermitScarce: boolean;
  /** Whether the task holds a slot of the size that the next request needs. */
  readonly hasSlot: boolean;
  /** Whether another request of this process for the object is in progress. */
  readonly isOtherInProgress: boolean;
  /** By `performance.now()`. */
  readonly now: number;
}

/** State of a task whose next request is known. */
export type TaskState = "lead" | "wait" | "wait_alone" | "permit" | "slot" | "send" | "drop" | "return";

/**
 * Decides the state of a task from its next request and its surroundings. The caller evaluates it again after each event: the last
 * column lists those that end each state. A waiting task holds no slot; it holds a permit only in `slot`, and takes no send slot from others then.
 *
 * | state        | when                                                          | left by                          |
 * | ------------ | ------------------------------------------------------------- | -------------------------------- |
 * | `drop`       | the request has ended                                         | –                                |
 * | `lead`       | a follower may not start yet                                  | the gate opens, the lead defers  |
 * | `return`     | the agent stops, and a whole download would begin             | –                                |
 * | `wait`       | the next request is not due: a pause, or the growth of `Age`  | its time has come                |
 * | `wait_alone` | a check is to be alone, and another request is in progress    | that one has ended, or 10 s      |
 * | `permit`     | it may reach a limited origin, and has a slot or must wait    | a permit, a deferral             |
 * | `slot`       | no slot of the request's size                                 | a slot, its withdrawal           |
 * | `send`       | all is there: connect, send, read                             | the answer: {@link recordAnswer} |
 */
export function stateOf(request: RequestStep, it: Surroundings): TaskState {
  if (it.isCancelled) return "drop";
  if (it.isGated) return "lead";
  if (it.isStopping && request.kind === "download") return "return";
  if (request.earliestAt > it.now) return "wait";
  if (request.alone && it.isOtherInProgress) return "wait_alone";
  if (it.needsPermit && !it.hasPermit && (it.hasSlot || it.isPermitScarce)) return "permit";
  return it.hasSlot ? "send" : "slot";
}

/**
 * Records an answer.
 * @param request that was sent
 * @param originSendsAge whether a Miss of the host carried an `Age` before, as far as this process has seen
 * @returns the attempt, if it was a whole download
 */
export function recordAnswer(
  history: TaskHistory,
  settings: TaskSettings,
  request: RequestStep,
  timed: Timed,
  originSendsAge: boolean,
): Attempt | undefined {
  const { answer } = timed;
  const { addressIndex } = request;
  history.transferredBytes += answer.bytes;
  const isCheck =
    request.kind === "check" || (request.countsAsCheckOnEdgeHit && answer.httpStatus === 200 && isEdgeHit(answer));
  if (history.observations.length > 0 && isAnyHit(answer)) history.sawHit = true;
  if (isLeftSample(request, timed)) {
    history.last = seenCheck(timed, addressIndex, { kind: "GOOD" });
    history.observations.push(observed("check", timed));
    recordSample(history, settings, timed, originSendsAge);
    return undefined;
  }
  if (isCheck) {
    const verdict = judgeCheck(history, settings, answer);
    history.failed = [];
    history.last = seenCheck(timed, addressIndex, verdict);
    history.observations.push(verdict.kind === "GOOD" ? observed("check", timed) : unanswered("check", timed));
    return undefined;
  }
  const verdict = judge(answer, settings.expectedBytes, settings.compressed);
  // Without a spread, which is slow: each task has one.
  const { startedAt, endedAt } = timed;
  const count = history.failed.length + 1;
  const attempt: Seen = { kind: "download", answer, startedAt, endedAt, addressIndex, count, verdict };
  history.last = attempt;
  if (verdict.kind !== "GOOD") {
    history.failures++;
    history.failed.push(attempt);
    // What failed may not be in the REC any more.
    history.mayReachOriginAgain = true;
  } else {
    if (history.download === undefined) recordSample(history, settings, timed, originSendsAge);
    history.failed = [];
    history.download = attempt;
    history.mayReachOriginAgain = !isThroughRec(answer) || !staysInCache(answer, Date.now());
    history.observations.push(observed("download", timed));
  }
  return attempt;
}

function seenCheck({ answer, startedAt, endedAt }: Timed, addressIndex: number, verdict: AttemptVerdict): Seen {
  return { kind: "check", answer, startedAt, endedAt, addressIndex, count: 1, verdict };
}

/** Whether a sample has shown the lead's fill by its head, and its body was left. */
function isLeftSample({ abortBodyOnFill }: RequestStep, timed: Timed): boolean {
  return (
    abortBodyOnFill !== undefined && timed.answer.failure?.reason === "too_large" && isHitOfFill(timed, abortBodyOnFill)
  );
}

/** The lead's fill, if this is the first request of a sample that a hit ends. A later one may be answered by the sample's own fill. */
function fillToAbortOn(
  { failed, observations }: TaskHistory,
  settings: TaskSettings,
  originSendsAge: boolean,
): number | undefined {
  const { sample } = settings;
  if (sample?.endsOnHit !== true || observations.length > 0 || originSendsAge) return undefined;
  return isFirstRequest(failed, settings) ? sample.leadFill : undefined;
}

function isFirstRequest(
  failed: TaskHistory["failed"],
  { sample, attemptsBefore, downloadsDone }: TaskSettings,
): boolean {
  return failed.length + attemptsBefore + downloadsDone === 0 && sample?.isRedelivered !== true;
}

/** Judges the first good download of a sample, or of its lead. After a failed attempt, a sample may be answered by that attempt's own fill. */
function recordSample(history: TaskHistory, settings: TaskSettings, timed: Timed, originSendsAge: boolean): void {
  const { sample, queuedAt, scope } = settings;
  if (scope !== "regional") return;
  const headAt = timed.startedAt + (timed.answer.firstByteMs ?? 0);
  const seen = { ...observed("download", timed), headAt };
  if (sample === undefined) {
    history.filledAt = originSendsAge ? undefined : leadFill(seen, queuedAt);
    return;
  }
  const isFirst = isFirstRequest(history.failed, settings);
  const result = sampleResult(seen, sample.leadFill, originSendsAge);
  history.sample = result === "hit" && !isFirst ? "unclear" : result;
  history.filledAt = history.sample === "hit" ? hitFill(seen) : leadFill(seen, queuedAt);
}

/**
 * Drops what only the end of a task without a further request needs. Texts of a head keep all of it in memory, and thousands of tasks wait.
 * @param history of a task that waits for its next request
 */
export function forgetAnswers(history: TaskHistory): void {
  const { last, download } = history;
  if (last !== undefined) last.answer = withoutTexts(last.answer);
  if (download !== undefined && download !== last) download.answer = withoutTexts(download.answer);
}

function withoutTexts({ bytes, httpStatus, contentLength, contentEncoding, contentType }: HttpResult): HttpResult {
  return {
    bytes,
    httpStatus,
    contentLength,
    contentEncoding: interned(contentEncoding),
    contentType: interned(contentType),
  };
}

/** Values of headers that nearly all objects share. */
const texts = new Map<string, string>();
const MAX_TEXTS = 200;

function interned(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const known = texts.get(text);
  if (known !== undefined || texts.size >= MAX_TEXTS) return known ?? text;
  texts.set(text, text);
  return text;
}

/**
 * Decides what follows from all that was observed.
 * @param originSendsAge whether a Miss of the host carried an `Age`, as far as this process has seen
 * @param isCancelled whether the task was cut off: then nothing is repeated
 * @param random draws a number from 0 to 1, for jitter
 * @param now milliseconds since the epoch
 */
export function nextStep(
  history: TaskHistory,
  settings: TaskSettings,
  { originSendsAge, isCancelled }: { readonly originSendsAge: boolean; readonly isCancelled: boolean },
  random: () => number = Math.random,
  now: () => number = Date.now,
): TaskStep {
  const { last } = history;
  const failedAttempt = history.failed.at(-1);
  if (failedAttempt !== undefined)
    return afterFailedAttempt(history, failedAttempt, settings, isCancelled, random, now);
  const verdict = last?.verdict.kind;
  if (verdict === "FINAL" || (verdict === "RETRY" && isCancelled)) return endOf({ outcome: "failed" }, history);
  if (history.sample === "hit" && settings.sample?.endsOnHit) return endOf({ outcome: "regional" }, history);
  const step = nextProofStep(history.observations, { ...settings, originSendsAge });
  return "outcome" in step ? endOf(step, history) : requestOf(step, history, settings, originSendsAge, random);
}

function requestOf(
  step: ProofRequest,
  history: TaskHistory,
  settings: TaskSettings,
  originSendsAge: boolean,
  random: () => number,
): RequestStep {
  const addressIndex = history.last?.addressIndex ?? settings.firstAddress;
  if (step.next === "download") {
    const { countsAsCheckOnEdgeHit } = step;
    const earliestAt = Math.max(step.earliestAt, settings.notBefore);
    return {
      step: "request",
      kind: "download",
      addressIndex,
      earliestAt,
      alone: false,
      countsAsCheckOnEdgeHit,
      abortBodyOnFill: fillToAbortOn(history, settings, originSendsAge),
      firstByteOnly: false,
    };
  }
  const { alone } = step;
  const earliestAt = step.earliestAt + (alone ? random() * CHECK_ALONE_JITTER_MS : 0);
  const firstByteOnly = asksFirstByte(history, settings);
  return {
    step: "request",
    kind: "check",
    addressIndex,
    earliestAt,
    alone,
    countsAsCheckOnEdgeHit: false,
    firstByteOnly,
  };
}

/**
 * Whether a check asks for the first byte alone. A range request only checks; it never warms: the whole object was downloaded at that POP
 * before. The first byte that one check asked for may be kept by itself, and would be a hit of itself: after it, only the whole object is
 * asked for, and a large one is left once its head has come. Where the caller's headers have a range of their own, it stays.
 */
function asksFirstByte({ observations, download }: TaskHistory, { hasRange }: TaskSettings): boolean {
  const isFirst = !observations.some(({ kind }) => kind === "check");
  return isFirst && !hasRange && download !== undefined && download.answer.bytes > MAX_WHOLE_CHECK_BYTES;
}

function afterFailedAttempt(
  history: TaskHistory,
  last: Attempt,
  settings: TaskSettings,
  isCancelled: boolean,
  random: () => number,
  now: () => number,
): TaskStep {
  if (last.verdict.kind !== "RETRY" || isCancelled) return endOfAttempts(history, last);
  const { failed } = history;
  const { addresses, attemptsBefore } = settings;
  const start = failed[0]?.addressIndex ?? settings.firstAddress;
  const next = nextAddress((attempt) => start + attempt, addresses, failed);
  // A further download has the attempts of the first.
  const then = nextTry(last, history.download === undefined ? attemptsBefore : 0, next !== undefined);
  if (then === "later") return defer(history, last, settings, random, now());
  if (then === "never" || next === undefined) return endOfAttempts(history, last);
  const earliestAt = last.endedAt + pauseMs(failed.length - 1, { firstMs: FIRST_PAUSE_MS }, random());
  const isFurther = history.download !== undefined || settings.downloadsDone > 0;
  return {
    step: "request",
    kind: "download",
    addressIndex: next,
    earliestAt,
    alone: false,
    countsAsCheckOnEdgeHit: isFurther && countsAsCheckOnEdgeHit(history.observations, settings),
    firstByteOnly: false,
  };
}

/** Defers the task until the error is no longer cached, not before the `Retry-After` of the origin; ends it if that is longer than it can wait. */
function defer(
  history: TaskHistory,
  last: Attempt,
  { errorTtls, deadline, errorCachingMs }: TaskSettings,
  random: () => number,
  now: number,
): TaskStep {
  const { httpStatus: status, retryAfter, xCache } = last.answer;
  // The page of a custom error response hides the status of the error: the longest time counts.
  const statuses =
    isErrorPage({ xCache }) && status !== undefined && status < 300 ? Object.keys(errorTtls ?? {}) : [String(status)];
  const cachedMs =
    Math.max(...statuses.map((it) => errorCachedMs(errorTtls, Number(it), errorCachingMs)), 0) || errorCachingMs;
  const leftMs = deadline === undefined ? Number.POSITIVE_INFINITY : parseTimestamp(deadline) - now;
  const ttl = Math.max(...statuses.map((it) => errorTtls?.[it] ?? Number.NEGATIVE_INFINITY));
  if (Number.isFinite(ttl) && cachedMs > Math.min(leftMs, MAX_DEFERRAL_SECONDS * 1_000)) {
    const limit = cachedMs > leftMs ? "the rest of the request's time" : `a task waits (${MAX_DEFERRAL_SECONDS} s)`;
    const why = `CloudFront caches HTTP ${status} for ${ttl} s (ErrorCachingMinTTL), longer than ${limit}`;
    const verdict: AttemptVerdict = { kind: "FINAL", failure: withDetail(last.verdict.failure, why) };
    return endOfAttempts(history, { ...last, verdict });
  }
  const ms = Math.max(cachedMs, retryAfterMs(retryAfter, now) ?? 0);
  return { step: "defer", delayMs: ms * (1 + random() * DEFERRAL_JITTER) };
}

/** A download has failed for good. After a good one before it, the object was downloaded: nothing is known of the cache. */
function endOfAttempts(history: TaskHistory, last: Attempt): TaskStep {
  if (history.download === undefined)
    return { step: "end", end: { attempt: last, transferredBytes: history.transferredBytes } };
  return endOf({ outcome: "failed" }, history, last.verdict.failure);
}

function endOf(outcome: ProofOutcome, history: TaskHistory, failure = history.last?.verdict.failure): TaskStep {
  const { observations, last, failed, failures, sawHit, transferredBytes, first, sample, filledAt } = history;
  const attempt = history.download ?? attemptOf(last);
  const answer = last?.answer ?? attempt.answer;
  const { tier, age } = observations.at(-1) ?? {};
  const rounds = downloadsIn(observations);
  const isProven = outcome.outcome !== "done";
  const proof: Proof | undefined = isProven ? proofOf(outcome, { answer, tier, age }, failure, last?.kind) : undefined;
  return {
    step: "end",
    end: {
      attempt,
      proof,
      sawHit,
      first,
      transferredBytes,
      rounds,
      sample,
      filledAt: proof?.warning === "origin_age" ? undefined : filledAt,
      attempts: failed.length > 0 ? failures : failures + 1,
    },
  };
}

/** The check that stands for a download: the POP had the object when a task came back for its second one. */
function attemptOf(last: TaskHistory["last"]): Attempt {
  if (last === undefined) throw new Error("a task has ended without a request");
  const { answer } = last;
  const bytes = answer.contentLength ?? answer.bytes;
  return { ...last, answer: { ...answer, bytes, failure: undefined }, verdict: { kind: "GOOD" } };
}

function proofOf(
  outcome: ProofOutcome,
  seen: Pick<Proof, "answer" | "tier" | "age">,
  failure: Failure | undefined,
  kind: Observation["kind"] = "check",
): Proof {
  if (outcome.outcome === "failed") return { ...seen, outcome: "failed", failure: failureAfter(failure, kind) };
  if (outcome.outcome === "not_kept")
    return { ...seen, outcome: "not_kept", failure: notKept(outcome.reason, seen.answer) };
  return { ...seen, ...outcome };
}

/** The request's own failure, and which request it was: a download before it was complete. */
function failureAfter(failure: Failure = { reason: "other" }, kind: Observation["kind"]): Failure {
  if (failure.reason === "waf") return failure;
  return withDetail(
    failure,
    undefined,
    `the object was downloaded, but ${kind === "check" ? "the check" : "the second download"} failed`,
  );
}

function withDetail({ reason, code, detail }: Failure = { reason: "other" }, after?: string, before?: string): Failure {
  const own = [before, detail].filter((it) => it !== undefined).join(": ");
  return { reason, code, detail: [own, after].filter((it) => it !== undefined && it !== "").join("; ") };
}

function observed(kind: Observation["kind"], { answer, startedAt, endedAt }: Timed): Observation {
  const { xCache, serverTiming, age } = answer;
  return {
    kind,
    startedAt,
    endedAt,
    cache: cacheStatusOf(xCache),
    tier: tierOf(serverTiming),
    upstream: upstreamOf(serverTiming),
    age: parseAge(age),
  };
}

function unanswered(kind: Observation["kind"], { startedAt, endedAt }: Timed): Observation {
  return { kind, startedAt, endedAt };
}

/** Whether a cache had the object. Unlike a Hit, a RefreshHit asked the origin. */
function isAnyHit({ xCache }: HttpResult): boolean {
  const status = cacheStatusOf(xCache);
  return status === "HIT" || status === "REFRESH_HIT";
}

/** RETRY: the answer to a check shows nothing of the object at that POP, and the next one may. FINAL: the next one will not. */
export function judgeCheck(
  { download }: Pick<TaskHistory, "download">,
  { expectedBytes, compressed, hasRange }: Pick<TaskSettings, "expectedBytes" | "compressed" | "hasRange">,
  answer: HttpResult,
): AttemptVerdict {
  const { httpStatus: status, xCache, wafAction, failure } = answer;
  // AWS WAF answers the next request in the same way.
  if (wafAction !== undefined) return judge(answer, null);
  if (status !== 200 && status !== 206)
    return retry(judge(answer, null).failure ?? { reason: "other", code: `HTTP ${status}` });
  // Its body is left once its head has come.
  if (failure !== undefined && failure.reason !== "too_large") return retry(failure);
  if (xCache === undefined) return retry({ reason: "other", detail: "the response has no x-cache" });
  // What no cache has may differ each time.
  const bytes = hasRange || !isAnyHit(answer) ? undefined : sizeInCache(answer);
  if (bytes === undefined) return { kind: "GOOD" };
  const copy = { ...answer, bytes };
  const whole = download?.answer;
  if (whole?.contentEncoding !== undefined) return { kind: "GOOD" };
  const expected = whole?.bytes ?? expectedBytes ?? 0;
  // One that is longer was replaced.
  const isOther = bytes < expected && hasOtherSize(copy, expected, whole === undefined && compressed);
  if (!isOther) return { kind: "GOOD" };
  const detail = `the cached object has ${bytes} bytes, and ${expected} were expected`;
  return { kind: "FINAL", failure: { reason: "incomplete", detail } };
}

/** Bytes of the whole object that answered a check; undefined: no header states them. */
function sizeInCache({ httpStatus, bytes, contentLength, contentRange, failure }: HttpResult): number | undefined {
  if (httpStatus === 206) {
    const total = CONTENT_RANGE.exec(contentRange ?? "")?.[1];
    return total === undefined ? undefined : Number(total);
  }
  return contentLength ?? (failure === undefined ? bytes : undefined);
}

// RFC 9110, 14.4.
const CONTENT_RANGE = /^bytes \d+-\d+\/(\d{1,15})$/;

function retry(failure: Failure): AttemptVerdict {
  return { kind: "RETRY", failure };
}

/** Whether an answer came from the REC or through it. Without a reported tier, only a Hit shows that. */
function isThroughRec({ xCache, serverTiming }: HttpResult): boolean {
  return (
    isHit({ xCache }) ||
    tierOf(serverTiming) !== undefined ||
    upstreamOf(serverTiming) === "REC" ||
    upstreamOf(serverTiming) === "Origin Shield"
  );
}
