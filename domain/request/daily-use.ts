import * as z from "zod";
import { formatTimestamp } from "../timestamps.ts";
import { beyondCap, type Caps } from "./caps.ts";
import type { Status } from "./lifecycle.ts";

/** Tasks and transferred bytes that count for the limits of a day, of one request or of all. */
export const dailyUseSchema = z.object({ total_count: z.number(), transferred_bytes: z.number() });
export type DailyUse = Readonly<z.infer<typeof dailyUseSchema>>;

export const NO_USE: DailyUse = { total_count: 0, transferred_bytes: 0 };

/** What a request counts, and the day for which it does. */
export const countedUseSchema = dailyUseSchema.extend({
  /** UTC: `2024-04-16`. */
  day: z.string(),
});

/** The UTC day of a time. @param now milliseconds since the epoch */
export function dayOf(now: number): string {
  return formatTimestamp(now).slice(0, 10);
}

/** One use less another. */
export function lessUse(one: DailyUse, other: DailyUse): DailyUse {
  return {
    total_count: one.total_count - other.total_count,
    transferred_bytes: one.transferred_bytes - other.transferred_bytes,
  };
}

/**
 * Why a use exceeds a daily limit of the deployment: value, limit, and the parameter that sets it. Undefined: it does not.
 * @param used by the other requests of the day
 */
export function dailyProblem(day: string, used: DailyUse, asked: DailyUse, caps: Partial<Caps>): string | undefined {
  const beyond = (before: DailyUse) => {
    const with_ = (field: string) => `${field} of ${day} (UTC) with this request`;
    const bytes = before.transferred_bytes + asked.transferred_bytes;
    return (
      beyondCap(caps, "maxDailyBytes", with_("transferred_bytes"), bytes) ??
      beyondCap(caps, "maxDailyTasks", with_("total_count"), before.total_count + asked.total_count)
    );
  };
  const problem = beyond(used);
  // No other day has room for it.
  if (problem === undefined || beyond(NO_USE) !== undefined) return problem;
  return `${problem}; the next day begins at 00:00 UTC`;
}

interface EndedRequest {
  readonly status: Status;
  readonly targets_total: number;
  readonly download_count: number;
  readonly transferred_bytes: number;
  /** How often tasks were queued again because agents had lost them. */
  readonly requeues: number;
}

/**
 * Daily use of an ended request. If it is FINISHED and no task was queued again: the tasks and bytes of its results. Otherwise: the larger of
 * results and estimate, because the bytes of tasks without a result are unknown. Nothing if no task was queued.
 * @param estimate use that was counted while the request was active
 */
export function actualUse(ended: EndedRequest, estimate: DailyUse): DailyUse {
  const { status, targets_total: targets, download_count: total_count, transferred_bytes, requeues } = ended;
  // None of its tasks was queued.
  if (targets === 0) return NO_USE;
  if (status === "FINISHED" && requeues === 0) return { total_count, transferred_bytes };
  return {
    total_count: Math.max(estimate.total_count, total_count),
    transferred_bytes: Math.max(estimate.transferred_bytes, transferred_bytes),
  };
}
