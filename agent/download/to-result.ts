import { taskKey } from "../../domain/plan/task-key.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import { expiresAt } from "../../domain/request/timestamps.ts";
import { cameUncompressed } from "../../domain/result/compression.ts";
import { cutText, errorText, type Failure } from "../../domain/result/failure.ts";
import type { Outcome as Warmth } from "../../domain/result/outcome.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { type Answer, hasOtherSize, MAX_ID, type Outcome } from "./answer.ts";
import { asksCompressed } from "./asks-compressed.ts";
import type { Proof } from "./proof.ts";
import { isRecMiss } from "./rec-miss.ts";
import { isRecUnsure } from "./rec-unsure.ts";

/** One attempt at a download. */
export interface Attempt {
  /** How many attempts there were with this one; 0: there was none. */
  readonly count: number;
  /** Which of the POP's addresses was asked. */
  readonly turn: number;
  readonly answer: Answer;
  readonly outcome: Outcome;
}

/** The last attempt, and what was seen after it if it was good. */
export interface Warming {
  readonly attempt: Attempt;
  /** Absent for a failed attempt, and where nothing was to be shown. */
  readonly proof?: Proof;
  /** How many of the POP's addresses have it, where all were asked. */
  readonly addresses?: string;
  /** Of an object that is not kept: whether a response after a good download was a Hit or a RefreshHit. @default none was */
  readonly sawHit?: boolean;
  /** Those that do not have it. */
  readonly cold?: readonly string[];
}

/** What is said of a task. */
export function outcomeOf({ attempt, proof }: Warming): Warmth {
  return attempt.outcome.kind === "GOOD" ? (proof?.outcome ?? "done") : "failed";
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
  warming: Warming,
  ms: number,
): TaskResult {
  const { url, variant } = task;
  const { attempt, proof } = warming;
  const { answer } = attempt;
  const tries = attemptsBefore(message, task);
  const last = proof?.answer ?? answer;
  const failure = failureOf(warming);
  const { task_key, pop_url } = taskKey(message.req_id, { pop: message.pop, url, variant }, message.shards);
  return {
    // Written out: an object that begins with a spread is a slow one, and each task has one.
    task_key,
    pop_url,
    req_id: message.req_id,
    pop: message.pop,
    url,
    variant,
    ok: failure === undefined,
    outcome: outcomeOf(warming),
    warning: proof?.warning,
    bytes: answer.bytes,
    // Of what decided: the download, or the request after it that AWS WAF answered.
    http_status: (proof?.outcome === "failed" ? last : answer).httpStatus,
    x_cache: cutId(last.xCache),
    tier: proof?.tier,
    address: message.ips[attempt.turn % message.ips.length],
    addresses: warming.addresses,
    rounds: proof?.rounds,
    first_byte_ms: answer.firstByteMs === undefined ? undefined : Math.round(answer.firstByteMs),
    age: proof?.age,
    encoding: cutId(answer.contentEncoding),
    uncompressed:
      failure === undefined && asksCompressed(message, variant) && cameUncompressed(answer) ? true : undefined,
    size_changed:
      failure === undefined && hasOtherSize(answer, task.bytes, asksCompressed(message, variant)) ? true : undefined,
    rec_miss: isRecMiss({ follows: message.follows, tries }, attempt, proof?.outcome) ? true : undefined,
    rec_unsure: isRecUnsure(message, answer) ? true : undefined,
    hit_after_download: warming.sawHit === true ? true : undefined,
    x_amz_cf_pop: cutId(last.xAmzCfPop),
    x_amz_cf_id: cutId(last.xAmzCfId),
    ms: Math.round(ms),
    attempts: tries + attempt.count,
    reason: failure?.reason,
    error: failure === undefined ? undefined : errorText(failure),
    agent: instanceId,
    expire_at: expiresAt(new Date()),
  };
}

function failureOf({ attempt: { outcome }, proof, addresses, cold = [] }: Warming): Failure | undefined {
  const failure = outcome.kind === "GOOD" ? proof?.failure : outcome.failure;
  if (failure === undefined || addresses === undefined) return failure;
  const which = `${addresses} addresses have it, not ${cold.join(", ")}`;
  return { ...failure, detail: failure.detail === undefined ? which : `${failure.detail}; ${which}` };
}

function cutId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : cutText(id, MAX_ID);
}
