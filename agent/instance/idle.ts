import { isOverdue } from "../../domain/request/overdue.ts";
import type { ActiveRequest } from "../work/active-requests.ts";

/** What an agent that has little to do, or nothing, should do for the requests and its group. */
export interface IdleDecision {
  /** Requests that need a recount: they have stalled, or their time is up and nobody ended them. */
  readonly settle: readonly string[];
  /** Leave the group: nothing is active, and there has been no work for long. */
  readonly retire: boolean;
}

/** With messages in the queue, even another request's, a request may well go on by itself: it is given longer. */
const LONGER_WITH_MESSAGES = 15;

/**
 * A request has lost tasks if all of them are queued, its numbers have not moved for a while, and no message is left.
 * Busy agents find overdue requests, too.
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
  const patience = facts.messages > 0 ? facts.stallMs * LONGER_WITH_MESSAGES : facts.stallMs;
  const hasStalled = ({ status, lastUpdate }: ActiveRequest) =>
    facts.idleMs >= facts.stallMs &&
    (status === "IN_PROGRESS" || status === "INSERT_TASK") &&
    now - lastUpdate.getTime() >= patience;
  return {
    settle: facts.active.filter((it) => isOverdue(it.timeoutAt, facts.now) || hasStalled(it)).map(({ reqId }) => reqId),
    retire: facts.active.length === 0 && facts.idleMs >= facts.retireMs,
  };
}
