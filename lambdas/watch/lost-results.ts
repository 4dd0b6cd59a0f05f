import { type TaskMessage, taskMessageSchema } from "../../domain/plan/task-message.ts";
import { unfinishedResult } from "../../domain/plan/unfinished.ts";
import { MAX_RECEIVES } from "../../domain/request/limits.ts";
import type { Failure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";

/**
 * The failed results of a dead letter's tasks.
 * @param reason what the agent said that put the message aside; undefined: SQS did, after the last delivery
 * @param expireAt of the results, in seconds since the epoch
 */
export function lostResults(message: TaskMessage, reason: string | undefined, expireAt: number): TaskResult[] {
  const { req_id, pop, shards, urls } = message;
  const failure: Failure = {
    reason: "lost",
    code: "lost",
    detail: reason ?? `its message was received ${MAX_RECEIVES} times and never finished: agents crashed or vanished`,
  };
  return urls.map((url) => unfinishedResult({ req_id, shards, expire_at: expireAt }, { ...url, pop }, failure));
}

/** What a letter says, or why it is no task message. */
export function parseLetter(body: string) {
  return taskMessageSchema.safeParse(jsonOf(body));
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
