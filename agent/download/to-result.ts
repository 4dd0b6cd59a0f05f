import { taskKey } from "../../domain/plan/task-key.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { expiresAt } from "../../domain/request/timestamps.ts";
import { cutText, errorText } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Answer, Outcome } from "./answer.ts";

/** Most characters of a header that is stored. CloudFront's have fewer than 60. */
const MAX_ID = 200;

/** One attempt at a download. */
export interface Attempt {
  /** How many attempts there were with this one; 0: there was none. */
  readonly count: number;
  readonly answer: Answer;
  readonly outcome: Outcome;
}

/**
 * A task's result, as the table stores it.
 * @param instanceId of this instance
 * @param ms from the start of the first attempt to the end of the last
 */
export function toResult(message: TaskMessage, url: string, instanceId: string, last: Attempt, ms: number): TaskResult {
  const { answer, outcome } = last;
  const failure = outcome.kind === "GOOD" ? undefined : outcome.failure;
  const { task_key, pop_url } = taskKey(message.req_id, { pop: message.pop, url }, message.shards);
  return {
    // Written out: an object that begins with a spread is a slow one, and each task has one.
    task_key,
    pop_url,
    req_id: message.req_id,
    pop: message.pop,
    url,
    ok: failure === undefined,
    bytes: answer.bytes,
    http_status: answer.httpStatus,
    x_cache: cutId(answer.xCache),
    x_amz_cf_pop: cutId(answer.xAmzCfPop),
    x_amz_cf_id: cutId(answer.xAmzCfId),
    ms: Math.round(ms),
    attempts: last.count,
    reason: failure?.reason,
    error: failure === undefined ? undefined : errorText(failure),
    agent: instanceId,
    expire_at: expiresAt(new Date()),
  };
}

function cutId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : cutText(id, MAX_ID);
}
