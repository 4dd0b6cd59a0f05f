import type { Patience } from "../../domain/request/patience.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** How often a step is called again before its request fails. */
const MAX_NUDGES = 2;

/** The steps until all tasks are queued: the status that each follows, and the name by which its log is found. */
const STEPS = { CREATED: "Get Size", EXPANDING: "Expand", CHECK_POP: "Task", INSERT_TASK: "Task" } as const;

/** What to do about a request whose step has not come to an end: nothing, call it again, or end the request. */
export type StalledStep = "none" | "nudge" | { readonly reason: string };

/**
 * A step stands still when its request's item has not changed for twice the stack's time: half an hour, and no run of a
 * function is longer than half of that. An invalidation changes the item with each batch that is done, the fan-out with each
 * target, the reading of sources every few seconds.
 */
export function stalledStep(
  {
    status,
    last_update_time,
    sent_at,
    nudges,
    expanded,
  }: Pick<RequestItem, "status" | "last_update_time" | "sent_at" | "nudges" | "expanded">,
  now: Date,
  { busyMs }: Pick<Patience, "busyMs">,
): StalledStep {
  if (!isStep(status)) return "none";
  const changedAt = Math.max(parseTimestamp(last_update_time).getTime(), sent_at ?? 0);
  if (now.getTime() - changedAt < busyMs) return "none";
  if (nudges < MAX_NUDGES) return "nudge";
  const step = expanded === undefined || status !== "EXPANDING" ? STEPS[status] : STEPS.CREATED;
  return {
    reason: `${step} came to no end, though it was called ${nudges + 1} times: the log of the function ${step.replace(" ", "")} says why`,
  };
}

function isStep(status: string): status is keyof typeof STEPS {
  return Object.hasOwn(STEPS, status);
}
