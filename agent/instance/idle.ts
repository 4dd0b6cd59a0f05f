import type { ActiveRequest } from "../../aws/request-reader.ts";
import { isOverdue } from "../../domain/request/overdue.ts";
import type { Patience } from "../../domain/request/patience.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** What an agent should do for the requests and its group. */
export interface IdleDecision {
  /** Requests whose time is up and that nobody has ended. A busy agent finds them, too. */
  readonly overdue: readonly string[];
  /** Whether to see if one stands still: this agent has had no work for a while. */
  readonly lookAround: boolean;
  /** Leave the group: nothing is active, and there has been no work for long. */
  readonly retire: boolean;
}

export function decideIdle(facts: {
  /** Since this process last had work. */
  readonly idleMs: number;
  readonly active: readonly ActiveRequest[];
  readonly now: Date;
  readonly patience: Pick<Patience, "againMs">;
  readonly retireMs: number;
}): IdleDecision {
  const { idleMs, active, now, patience, retireMs } = facts;
  const isLate = ({ timeout_at: timeout }: ActiveRequest) => isOverdue(parseTimestamp(timeout), now);
  return {
    overdue: active.filter(isLate).map(({ req_id }) => req_id),
    lookAround: active.length > 0 && idleMs >= patience.againMs,
    retire: active.length === 0 && idleMs >= retireMs,
  };
}
