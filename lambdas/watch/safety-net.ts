import type { RequestTable } from "../../aws/request-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import { isOverdue } from "../../domain/request/overdue.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** A request without progress for this long is stalled. Longer than the slowest attempt plus the visibility timeout. */
const STALLED_MS = 600_000;

type ActiveItem = Pick<RequestItem, "req_id" | "status" | "timeout_at" | "last_update_time">;

/** Ids of the requests that nobody else would end or go on with: overdue, or with tasks that are neither done nor queued. */
export function forgotten(active: readonly ActiveItem[], queueIsEmpty: boolean, now: Date): string[] {
  return active
    .filter((item) => isOverdue(parseTimestamp(item.timeout_at), now) || (queueIsEmpty && standsStill(item, now)))
    .map(({ req_id }) => req_id);
}

function standsStill({ status, last_update_time: moved }: ActiveItem, now: Date): boolean {
  return status === "IN_PROGRESS" && now.getTime() - parseTimestamp(moved).getTime() >= STALLED_MS;
}

/**
 * Finds requests that were forgotten. Agents do so too, and sooner, but there are none when Spot has no instance. A timer
 * calls its function once: if that fails three times, nothing else ends the request.
 */
export class SafetyNet {
  constructor(
    private readonly requests: Pick<RequestTable, "askToSettle">,
    private readonly queue: Pick<TaskQueue, "depth">,
  ) {}

  /** Asks for a recount of each forgotten request. @returns their ids */
  async recountForgotten(active: readonly RequestItem[], now: Date): Promise<string[]> {
    if (active.length === 0) return [];
    // While there are messages, a request that stands still may only wait for instances. A recount would give its tasks up.
    const { available, inFlight } = await this.queue.depth();
    const ids = forgotten(active, available + inFlight === 0, now);
    for (const id of ids) await this.requests.askToSettle(id);
    return ids;
  }
}
