import type { Patience } from "../../domain/request/patience.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** How often a step is called again before its request fails. */
const MAX_NUDGES = 2;

/** The steps before tasks are queued: the status that each follows, and the name by which its log is found. */
const STEPS = { CREATED: "Get Size", CHECK_POP: "Task" } as const;

/** What to do about a request whose step has not come to an end: nothing, call it again, or end the request. */
export type StalledStep = "none" | "nudge" | { readonly reason: string };

/**
 * A step stands still when its request's item has not changed for twice the stack's time: half an hour, and no run of a
 * function is longer than half of that. An invalidation changes the item with each batch that is done.
 */
export function stalledStep(
  { status, last_update_time, nudges }: Pick<RequestItem, "status" | "last_update_time" | "nudges">,
  now: Date,
  { busyMs }: Pick<Patience, "busyMs">,
): StalledStep {
  if (status !== "CREATED" && status !== "CHECK_POP") return "none";
  if (now.getTime() - parseTimestamp(last_update_time).getTime() < busyMs) return "none";
  if (nudges < MAX_NUDGES) return "nudge";
  const step = STEPS[status];
  return {
    reason: `${step} came to no end, though it was called ${nudges + 1} times: the log of the function ${step.replace(" ", "")} says why`,
  };
}
