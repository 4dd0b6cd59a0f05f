/** What a recount leads to. */
export type Settlement =
  /** Every task has a result. */
  | "FINISH"
  /** The time is up. */
  | "TIME_OUT"
  /** Results are missing, and no message is left that could bring them. */
  | "REQUEUE"
  /** The same, but they were queued again often enough: they become failed results. */
  | "GIVE_UP"
  /** Results are missing, and messages are on their way. */
  | "GO_ON";

/**
 * Longer than a task's attempts may last without a byte, three times `MAX_FIRST_BYTE_SECONDS`, and its message be hidden
 * after that. Whoever takes a slow task for lost queues it again. Agents
 * ask for a recount no sooner (agent/instance/idle.ts): it would find nothing, and begin the wait again.
 */
export const STILL_MS = 600_000;

/** How often missing tasks are queued again before they are failed. */
export const MAX_REQUEUES = 2;

export function decideSettlement(facts: {
  readonly total: number;
  readonly counted: number;
  readonly timeIsUp: boolean;
  /** Messages in the queue, of any request, in flight or not. */
  readonly messages: number;
  readonly requeues: number;
  /** Whether all of the request's tasks have been queued. */
  readonly allQueued: boolean;
  /** For how long the request's numbers have not moved. */
  readonly stillForMs: number;
}): Settlement {
  if (facts.total > 0 && facts.counted >= facts.total) return "FINISH";
  if (facts.timeIsUp) return "TIME_OUT";
  if (facts.total === 0 || !facts.allQueued) return "GO_ON";
  // Messages of another request say nothing of this one, once its own numbers have stood still for long.
  if (facts.messages > 0 && facts.stillForMs < STILL_MS) return "GO_ON";
  return facts.requeues < MAX_REQUEUES ? "REQUEUE" : "GIVE_UP";
}
