import type { RequestTable } from "../../aws/request-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import { isOverdue } from "../../domain/request/overdue.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** So long nothing has come of a request: longer than any attempt, and a message hidden after it, may take. */
const STALLED_MS = 600_000;

type Watched = Pick<RequestItem, "req_id" | "status" | "timeout_at" | "last_update_time">;

/** Requests that nobody would end or go on with: overdue, or with tasks that are neither done nor queued. */
export function forgotten(active: readonly Watched[], queueIsEmpty: boolean, now: Date): string[] {
  return active
    .filter((item) => isOverdue(parseTimestamp(item.timeout_at), now) || (queueIsEmpty && standsStill(item, now)))
    .map(({ req_id }) => req_id);
}

function standsStill({ status, last_update_time: moved }: Watched, now: Date): boolean {
  return status === "IN_PROGRESS" && now.getTime() - parseTimestamp(moved).getTime() >= STALLED_MS;
}

/**
 * Asks for a recount of requests that were forgotten. Agents do so too, and sooner; but when Spot has no instance there
 * are none, and a timer is called once: should its function fail three times, nobody comes again.
 */
export class SafetyNet {
  constructor(
    private readonly requests: Pick<RequestTable, "askToSettle">,
    private readonly queue: Pick<TaskQueue, "depth">,
  ) {}

  /** @returns the ids of those that were asked for */
  async catch(active: readonly RequestItem[], now: Date): Promise<string[]> {
    if (active.length === 0) return [];
    // With messages left, a request that stands still may only wait for instances: a recount would give its tasks up.
    const { available, inFlight } = await this.queue.depth();
    const ids = forgotten(active, available + inFlight === 0, now);
    for (const id of ids) await this.requests.askToSettle(id);
    return ids;
  }
}
