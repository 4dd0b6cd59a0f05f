import { isOverdue } from "../../domain/request/overdue.ts";
import type { ActiveRequest } from "../work/active-requests.ts";

/** What an agent should do about the state of things. */
export interface WatchDecision {
  /** Requests that want a recount: they have stalled, or their time is up and nobody ended them. */
  readonly settle: readonly string[];
  /** Leave the group: nothing is active, and has not been for long. */
  readonly retire: boolean;
}

/** With messages in the queue, even another request's, a request may well go on by itself: it is given longer. */
const LONGER_WITH_MESSAGES = 15;

/** A request whose tasks are all queued, whose numbers have not moved for a while, and for which no message is left, has lost some. */
export function decideWatch(facts: {
  readonly idleMs: number;
  /** Messages in the queue, in flight or not. */
  readonly messages: number;
  readonly active: readonly ActiveRequest[];
  readonly now: Date;
  readonly stallMs: number;
  readonly retireMs: number;
}): WatchDecision {
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
