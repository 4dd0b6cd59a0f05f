import * as z from "zod";
import { taskKey } from "../../domain/plan/task-key.ts";
import { taskMessageSchema } from "../../domain/plan/task-message.ts";
import { MAX_RECEIVES } from "../../domain/request/limits.ts";
import { errorText, type Failure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";

/** The failed results of a dead letter's tasks, or why it is no task message. */
export type LostResults =
  | { readonly problem: string }
  | { readonly reqId: string; readonly resultsUntil: (expireAt: number) => TaskResult[] };

/** @param reason what the agent said that put the message aside; undefined: SQS did, after the last delivery */
export function lostResults(body: string, reason: string | undefined): LostResults {
  const parsed = taskMessageSchema.safeParse(jsonOf(body));
  if (!parsed.success) return { problem: z.prettifyError(parsed.error) };
  const { req_id, pop, shards, urls } = parsed.data;
  const failure: Failure = {
    reason: "lost",
    code: "lost",
    detail: reason ?? `its message was received ${MAX_RECEIVES} times and never finished: agents crashed or vanished`,
  };
  const nothing = { ok: false, bytes: 0, ms: 0, attempts: 0, reason: failure.reason, error: errorText(failure) };
  return {
    reqId: req_id,
    resultsUntil: (expire_at) =>
      urls.map(({ url, variant }) => {
        const key = taskKey(req_id, { pop, url, variant }, shards);
        return { ...key, req_id, pop, url, variant, ...nothing, expire_at };
      }),
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
