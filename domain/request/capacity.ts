import type { Status } from "./lifecycle.ts";
import type { RequestItem } from "./request-item.ts";

/** In these, tasks are queued or about to be. */
const WORKING: readonly Status[] = ["INSERT_TASK", "IN_PROGRESS"];

/** What a request's wish for instances depends on. */
export type Wish = Pick<RequestItem, "instance_count" | "need_invalidate" | "status" | "sources_read">;

/**
 * How many instances the active requests need: the largest wish, for they share the fleet. Instances boot while sizes are
 * asked. An invalidation takes longer than a boot, and so may sources: with either, a request needs none before its tasks are
 * about to be queued.
 */
export function neededCapacity(active: readonly Wish[]): number {
  const due = active.filter((item) => !comesLater(item) || WORKING.includes(item.status));
  return Math.max(0, ...due.map(({ instance_count }) => instance_count));
}

function comesLater({ need_invalidate, sources_read }: Wish): boolean {
  return need_invalidate || sources_read !== undefined;
}
