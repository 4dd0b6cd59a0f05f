import type { ActiveRequest } from "../../aws/request-table.ts";
import { isOverdue } from "../../domain/request/overdue.ts";
import { STILL_MS } from "../../domain/request/settlement.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** What an agent should do for the requests and its group. */
export interface IdleDecision {
  /** Requests that need a recount: they have stalled, or their time is up and nobody ended them. */
  readonly settle: readonly string[];
  /** Leave the group: nothing is active, and there has been no work for long. */
  readonly retire: boolean;
}

/**
 * While messages are in the queue, even another request's, a request may still go on by itself. The recount then waits for
 * STILL_MS by its own clock. One that comes sooner lets the request go on, which is a change of the item: the wait would
 * begin again, and the lost tasks would never be queued.
 */
const PATIENCE_WITH_MESSAGES_MS = STILL_MS + 15_000;

/**
 * Decides for which requests to ask for a recount, and whether to leave. A request has stalled, and may have lost
 * tasks, if its numbers have not moved for a while and this agent has had no work. A busy agent finds overdue requests,
 * too.
 */
export function decideIdle(facts: {
  /** Since this process last had work. */
  readonly idleMs: number;
  /** Messages in the queue, in flight or not. */
  readonly messages: number;
  readonly active: readonly ActiveRequest[];
  readonly now: Date;
  readonly stallMs: number;
  readonly retireMs: number;
}): IdleDecision {
  const now = facts.now.getTime();
  const patience = facts.messages > 0 ? PATIENCE_WITH_MESSAGES_MS : facts.stallMs;
  const hasStalled = ({ status, last_update_time: moved }: ActiveRequest) =>
    facts.idleMs >= facts.stallMs &&
    (status === "IN_PROGRESS" || status === "INSERT_TASK") &&
    now - parseTimestamp(moved).getTime() >= patience;
  const isLate = ({ timeout_at: timeout }: ActiveRequest) => isOverdue(parseTimestamp(timeout), facts.now);
  return {
    settle: facts.active.filter((it) => isLate(it) || hasStalled(it)).map(({ req_id }) => req_id),
    retire: facts.active.length === 0 && facts.idleMs >= facts.retireMs,
  };
}
