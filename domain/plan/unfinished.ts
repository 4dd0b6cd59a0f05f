import type { RequestItem } from "../request/request-item.ts";
import { errorText, type Failure } from "../result/failure.ts";
import type { TaskResult } from "../result/task-result.ts";
import { type TaskId, taskKey } from "./task-key.ts";

/** The failure of a task that had no result when its request ended. It stands in the report alone, and is never stored. */
export const UNFINISHED: Failure = {
  reason: "lost",
  code: "no result",
  detail: "the request ended before an agent finished it",
};

/** The failed result of a task that no agent finished, or none tried. @param failure why */
export function unfinishedResult(
  { req_id, shards, expire_at }: Pick<RequestItem, "req_id" | "shards" | "expire_at">,
  { pop, url, variant }: TaskId,
  failure: Failure,
): TaskResult {
  const key = taskKey(req_id, { pop, url, variant }, shards);
  const nothing = { ok: false, bytes: 0, ms: 0, attempts: 0 };
  return {
    ...key,
    ...{ req_id, pop, url, variant },
    ...nothing,
    reason: failure.reason,
    error: errorText(failure),
    expire_at,
  };
}
