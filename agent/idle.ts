import type { ActiveRequest } from "./active-requests.ts";

/** What an agent that finds nothing to do should do about it. */
export interface IdleDecision {
  /** Requests that seem to have stalled: all their tasks should be done, but they are not. */
  readonly settle: readonly string[];
  /** Leave the group: nothing is active, and has not been for long. */
  readonly retire: boolean;
}

/** A request whose tasks are all queued and whose numbers have not moved for a while, with an empty queue, has lost some. */
export function decideWhenIdle(facts: {
  readonly idleMs: number;
  readonly active: readonly ActiveRequest[];
  readonly now: Date;
  readonly stallMs: number;
  readonly retireMs: number;
}): IdleDecision {
  const stalled = facts.active.filter(
    ({ status, lastUpdate }) =>
      (status === "IN_PROGRESS" || status === "INSERT_TASK") &&
      facts.now.getTime() - lastUpdate.getTime() >= facts.stallMs,
  );
  return {
    settle: facts.idleMs >= facts.stallMs ? stalled.map(({ reqId }) => reqId) : [],
    retire: facts.active.length === 0 && facts.idleMs >= facts.retireMs,
  };
}
