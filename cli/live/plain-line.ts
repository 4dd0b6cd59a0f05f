import type { Progress } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { completeOf, taskStatesOf } from "../../domain/readiness/task-states.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { isPaused } from "./view.ts";

/**
 * Progress for a log, a line that programs can read: `2026-11-25T11:46:12Z e059b77b IN_PROGRESS 62% tasks=1971/3192 warm=1962
 * hit=0 not_kept=0 failed=9 left=337s`. `left` is absent where it is not known, `regional`, `done` and `retrying` where there are none; `paused` comes last.
 */
export function plainLine(progress: Progress): string {
  const { timestamp, request_id, status, download_count, total_count } = progress;
  const { warm, hit, regional, done, not_kept, failed } = taskStatesOf(progress);
  const at = parseTimestamp(timestamp);
  const end = progress.estimated_finish_at;
  const left = end === null ? undefined : Math.max(0, Math.round((parseTimestamp(end) - at) / 1_000));
  const retrying = (progress.retrying ?? []).reduce((sum, { tasks }) => sum + tasks, 0);
  return [
    `${new Date(at).toISOString().slice(0, 19)}Z`,
    shortId(request_id),
    status,
    `${completeOf(progress).percent}%`,
    `tasks=${download_count}/${total_count}`,
    `warm=${warm}`,
    `hit=${hit}`,
    ...(regional > 0 ? [`regional=${regional}`] : []),
    ...(done > 0 ? [`done=${done}`] : []),
    `not_kept=${not_kept}`,
    `failed=${failed}`,
    ...(retrying > 0 ? [`retrying=${retrying}`] : []),
    ...(left === undefined ? [] : [`left=${left}s`]),
    ...(isPaused(progress) ? ["paused"] : []),
  ].join(" ");
}
