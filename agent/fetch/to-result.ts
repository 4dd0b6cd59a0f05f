import { type TaskUrl, taskKey } from "../../domain/plan/task.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import { cutText, errorText, type Failure, uncacheableHeader } from "../../domain/result/failure.ts";
import { isHit, type TaskOutcome, tierOf } from "../../domain/result/outcome.ts";
import type { HitWarning } from "../../domain/result/proof.ts";
import type { SampleResult } from "../../domain/result/sample.ts";
import { cameUncompressed, type TaskResult } from "../../domain/result/task-result.ts";
import { expiresAt } from "../../domain/timestamps.ts";
import { type AttemptVerdict, hasOtherSize } from "./attempt-verdict.ts";
import type { Timed } from "./fetch-object.ts";
import { type HttpResult, MAX_HEADER_CHARACTERS } from "./http/http-client.ts";
import { requestHeaders } from "./request-headers.ts";

/** One attempt at a download. */
export interface Attempt extends Timed {
  /** How many attempts there were with this one; 0: there was none. */
  readonly count: number;
  /** Which of the POP's addresses was asked. */
  readonly addressIndex: number;
  readonly verdict: AttemptVerdict;
}

/** Evidence of the requests after a good download. */
export interface Proof {
  /** `failed`: a request that was needed to judge the cache failed. So nothing is known of the cache. */
  readonly outcome: TaskOutcome;
  /** Why a `hit` or `regional` proves less, where the tier was not the reason. */
  readonly warning?: HitWarning;
  /** The last answer, which the outcome follows from. */
  readonly answer: HttpResult;
  readonly tier: string | undefined;
  /** Seconds. */
  readonly age: number | undefined;
  /** Present with `not_kept` and `failed`. */
  readonly failure?: Failure;
}

/** Facts of the first good download of a task: later ones are answered by what it left. */
export interface FirstDownload {
  readonly firstByteMs: number | undefined;
  /** Of a lead: {@link isRecUnsure}. */
  readonly isRecUnsure: boolean;
}

export function firstDownload(message: TaskMessage, answer: HttpResult): FirstDownload {
  return {
    firstByteMs: answer.firstByteMs,
    isRecUnsure: isRecUnsure(message, answer),
  };
}

/** The last whole download, and what was seen after it if it was good. */
export interface TaskAttempt {
  readonly attempt: Attempt;
  /** Absent for a failed attempt, and where nothing was to be shown. */
  readonly proof?: Proof | undefined;
  /** Whether a response after a good download was a Hit or a RefreshHit. */
  readonly sawHit?: boolean;
  /** @default the attempt is the first good download */
  readonly first?: FirstDownload | undefined;
  /** Attempts at all downloads, in this message: those that failed, and one. @default those at the last download */
  readonly attempts?: number;
  /** Good downloads. @default none */
  readonly rounds?: number;
  /** Bytes of all bodies of the task, in all messages. @default none */
  readonly transferredBytes?: number;
  /** Result of the sample. */
  readonly sample?: SampleResult | undefined;
  /** When the REC that answered stored the object, by `performance.now()`; undefined: unknown. */
  readonly filledAt?: number | undefined;
}

/** Outcome of a task. */
export function outcomeOf({ attempt, proof }: TaskAttempt): TaskOutcome {
  return attempt.verdict.kind === "GOOD" ? (proof?.outcome ?? "done") : "failed";
}

/**
 * A task's result, as the table stores it.
 * @param instanceId of this instance
 * @param ms from the start of the first attempt to the end of the last, also if they were made for several messages
 */
export function toResult(
  message: TaskMessage,
  task: TaskUrl,
  instanceId: string,
  taskAttempt: TaskAttempt,
  ms: number,
): TaskResult {
  const { url, variant } = task;
  const { pop: asked, task_pop: pop = asked } = message;
  const { attempt, proof } = taskAttempt;
  const { answer } = attempt;
  const attempts = attemptsBefore(message, task) + (taskAttempt.attempts ?? attempt.count);
  const first = taskAttempt.first ?? firstDownload(message, answer);
  const last = proof?.answer ?? answer;
  const failure = attempt.verdict.failure ?? proof?.failure;
  const rounds = (taskAttempt.rounds ?? 0) + (task.downloads_done ?? 0);
  const { compressed } = requestHeaders(message, variant);
  const { task_key, pop_url } = taskKey(message.req_id, { pop, url, variant }, message.shards);
  return {
    // Without a spread: an object that begins with one is slow, and each task has one.
    task_key,
    pop_url,
    req_id: message.req_id,
    pop,
    url,
    variant,
    ok: failure === undefined,
    outcome: outcomeOf(taskAttempt),
    warning: proof?.warning,
    bytes: answer.bytes,
    transferred_bytes: taskAttempt.transferredBytes ?? task.transferred_bytes ?? 0,
    // Of what decided: the download, or the request after it that AWS WAF answered.
    http_status: (proof?.outcome === "failed" ? last : answer).httpStatus,
    x_cache: cutHeader(last.xCache),
    tier: proof?.tier,
    address: message.ips[attempt.addressIndex % message.ips.length],
    rounds: rounds === 0 ? undefined : rounds,
    first_byte_ms: rounded(first.firstByteMs),
    age: proof?.age,
    encoding: cutHeader(answer.contentEncoding),
    uncompressed: failure === undefined && compressed && cameUncompressed(answer) ? true : undefined,
    size_changed: failure === undefined && hasOtherSize(answer, task.bytes, compressed) ? true : undefined,
    rec_unsure: first.isRecUnsure ? true : undefined,
    hit_after_download: proof?.outcome === "not_kept" && taskAttempt.sawHit ? true : undefined,
    x_amz_cf_pop: cutHeader(last.xAmzCfPop),
    x_amz_cf_id: cutHeader(last.xAmzCfId),
    ms: Math.round(ms),
    attempts,
    reason: failure?.reason,
    error: failure === undefined ? undefined : errorText(failure),
    led_by: pop === asked ? ledBy(message) : asked,
    sample: taskAttempt.sample,
    filled_at: task.sample ? epochMs(taskAttempt.filledAt) : undefined,
    agent: instanceId,
    expire_at: expiresAt(),
  };
}

/** The lead of a sample. */
function ledBy({ scope, led_by }: TaskMessage): string | undefined {
  return scope === "regional" ? led_by : undefined;
}

/** Milliseconds since the epoch. @param at by `performance.now()` */
function epochMs(at: number | undefined): number | undefined {
  return at === undefined ? undefined : Math.round(Date.now() - (performance.now() - at));
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

function cutHeader(value: string | undefined): string | undefined {
  return value === undefined ? undefined : cutText(value, MAX_HEADER_CHARACTERS);
}

/**
 * Whether a lead's good download leaves it open if the regional cache has the object: it was there before, perhaps at the edge
 * alone; or its headers forbid caching, and there is no proof. Its followers then download as if each led. With scope `regional`, each
 * POP is asked that, whether it has followers or not.
 */
function isRecUnsure({ followers, verify, scope }: TaskMessage, answer: HttpResult): boolean {
  if (followers === undefined && scope !== "regional") return false;
  if (verify === "off" && uncacheableHeader(answer) !== undefined) return true;
  if (!isHit(answer)) return false;
  const tier = tierOf(answer.serverTiming);
  return tier === undefined || tier === "EDGE";
}
