import type { Count } from "../result/count.ts";
import { parseTimestamp } from "../timestamps.ts";
import type { Patience } from "./lifecycle.ts";
import { atWork, isComplete, type Progress } from "./progress.ts";
import type { RequestItem, Standing } from "./request-item.ts";

/** What a look at an active request leads to. */
export type Settlement =
  /** More tasks have failed than its caller allows. */
  | "FAIL"
  /** Every task has a result. */
  | "FINISH"
  /** The time is up. */
  | "TIME_OUT"
  /** Nothing is to be done: work is under way, or waits for instances, or has stood still for too short a time. */
  | "GO_ON"
  /** It stands still, and the queue seems empty. That is believed when it is seen twice. */
  | "LOOK_AGAIN"
  /** Results are missing, and no message is left that could bring them. */
  | "REQUEUE"
  /** The same, but they were queued again often enough: what is missing counts as failed. */
  | "GIVE_UP";

/** How often missing tasks are queued again before they are failed. */
export const MAX_REQUEUES = 2;

/** What is known of a request at the moment of a look. Times are in milliseconds since the epoch. */
export interface SettlementFacts {
  readonly total: number;
  /** Results: counted exactly, or what the counters say. */
  readonly counted: number;
  /** Whether more of them are bad than the request allows. */
  readonly failedTooOften: boolean;
  readonly timeIsUp: boolean;
  /** Whether all of the request's tasks have been queued. */
  readonly allQueued: boolean;
  /** Whether it wishes for no instances: somebody has paused it. */
  readonly paused: boolean;
  /** Tasks that living agents hold of it. */
  readonly heldTasks: number;
  /** Living agents that hold tasks of any other active request. */
  readonly othersAtWork: number;
  /** The newest of: a counted result, a beat, a change of the request's item. */
  readonly lastSignAt: number;
  /** Messages in the queue, of any request, in flight or not. */
  readonly messages: number;
  /** When the queue was seen empty while the request stood still; undefined: it was not. */
  readonly emptySeenAt: number | undefined;
  readonly requeues: number;
  readonly now: number;
  readonly patience: Patience;
}

/**
 * What is to become of a request: agents and Watch ask so whether Shutdown should look at it, and Shutdown acts on it. A
 * download may last for hours: as long as its agent beats, nothing of it is lost.
 */
export function decideSettlement(facts: SettlementFacts): Settlement {
  // First: how a request ends must not depend on whether its last results came before somebody looked.
  if (facts.failedTooOften) return "FAIL";
  if (facts.total > 0 && facts.counted >= facts.total) return "FINISH";
  if (facts.timeIsUp) return "TIME_OUT";
  if (facts.total === 0 || !facts.allQueued || facts.paused || facts.heldTasks > 0) return "GO_ON";
  const stillForMs = facts.now - facts.lastSignAt;
  if (stillForMs < facts.patience.stillMs) return "GO_ON";
  if (!isQueueForOthers(facts, stillForMs)) {
    // With nobody at work, messages wait for instances: those of a Spot group may take hours to come.
    if (facts.messages > 0) return "GO_ON";
    if (againInMs(facts) > 0) return "LOOK_AGAIN";
  }
  return facts.requeues < MAX_REQUEUES ? "REQUEUE" : "GIVE_UP";
}

/** Whether the messages must be other requests', because agents work and have long come to nothing of this one. */
function isQueueForOthers({ messages, othersAtWork, patience }: SettlementFacts, stillForMs: number): boolean {
  return messages > 0 && othersAtWork > 0 && stillForMs >= patience.busyMs;
}

/** In how many milliseconds a queue that seems empty is to be looked at again; 0: it has been seen empty twice. */
export function againInMs({ emptySeenAt, lastSignAt, now, patience }: SettlementFacts): number {
  // Something has happened since: what was seen before counts no more.
  if (emptySeenAt === undefined || emptySeenAt < lastSignAt) return patience.againMs;
  return Math.max(0, emptySeenAt + patience.againMs - now);
}

/** Whether somebody should ask for a look. Not if one is on its way already, in a delayed message. */
export function needsLook(facts: SettlementFacts): boolean {
  const settlement = decideSettlement(facts);
  if (settlement === "LOOK_AGAIN") return againInMs(facts) >= facts.patience.againMs;
  return settlement !== "GO_ON";
}

/** What a look at a request saw around its item. */
export interface Seen {
  readonly progress: Progress;
  /** @default what the counters say */
  readonly counted?: Pick<Count, "download_count" | "failed_count">;
  readonly timeIsUp: boolean;
  readonly messages: number;
  readonly othersAtWork: number;
  readonly now: number;
  readonly patience: Patience;
}

/** Brings together what is known of a request. */
export function settlementFacts(item: Standing, seen: Seen): SettlementFacts {
  const { progress, timeIsUp, messages, othersAtWork, now, patience } = seen;
  const { download_count: counted, failed_count: failed } = seen.counted ?? progress.count;
  return {
    total: item.total_count,
    counted,
    failedTooOften: hasFailedTooOften(item, failed),
    timeIsUp,
    allQueued: item.status === "IN_PROGRESS",
    paused: item.instance_count === 0,
    heldTasks: atWork(progress.beats, now, patience).reduce((sum, { tasks }) => sum + tasks, 0),
    othersAtWork,
    lastSignAt: lastSignOf(item, progress, now, patience),
    messages,
    emptySeenAt: item.empty_seen_at,
    requeues: item.requeues,
    now,
    patience,
  };
}

/**
 * When the last sign of life of a request was, in milliseconds since the epoch; never later than now. A beat without tasks is one:
 * its process has had some, and put them off because their origin asked for patience. A beat from the future is not believed, as in
 * {@link atWork}: it would hide for good that the request stands still. Clocks differ by less than `staleMs`.
 * @param now milliseconds since the epoch
 */
export function lastSignOf(
  { last_update_time }: Pick<RequestItem, "last_update_time">,
  { beats, movedAt = 0 }: Progress,
  now: number,
  { staleMs }: Pick<Patience, "staleMs">,
): number {
  let last = Math.max(parseTimestamp(last_update_time).getTime(), movedAt);
  // Not by Math.max(...): a call takes some 100,000 arguments, and an instance may write more beats.
  for (const { at } of beats) if (at > last && at <= now + staleMs) last = at;
  return Math.min(last, now);
}

/** What a request's caller allows. */
type Allowance = Pick<RequestItem, "max_failures">;

/** Whether more tasks have failed than the request allows: then it need not run to its end. */
export function hasFailedTooOften({ max_failures: most }: Allowance, failed: number): boolean {
  return most !== undefined && failed > most;
}

/** Whether a request's counters say that it is to end: every task has a result, or too many have failed. */
export function seemsOver(
  item: Allowance & Pick<RequestItem, "total_count">,
  live: { readonly download_count: number; readonly failed_count: number },
): boolean {
  return isComplete(item, live) || hasFailedTooOften(item, live.failed_count);
}

/** The timer, with the retries of its function, has this long to end the request by itself. */
const OVERDUE_MS = 120_000;

/** Whether a request's time is up and nobody has ended it, though somebody should have. */
export function isOverdue(timeoutAt: Date, now: Date): boolean {
  return now.getTime() - timeoutAt.getTime() >= OVERDUE_MS;
}

/** Called with the request that failed, and why. */
export type OnFailure = (reqId: string, error: unknown) => void;

/** Runs a step for each request, one after the other. One that fails is passed to `onFailure` and does not stop the others. */
export async function eachRequest<T extends { readonly req_id: string }>(
  requests: Iterable<T>,
  onFailure: OnFailure,
  step: (request: T) => Promise<unknown>,
): Promise<void> {
  for (const request of requests) {
    try {
      await step(request);
    } catch (error) {
      onFailure(request.req_id, error);
    }
  }
}

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

/** Whether an active request stands still although instances run and nobody has paused it: somebody should look. */
export function isStuck(
  item: Pick<RequestItem, "last_update_time" | "instance_count">,
  progress: Progress | undefined,
  inService: number,
  now: Date,
  patience: Pick<Patience, "stillMs" | "staleMs">,
): boolean {
  if (inService === 0 || item.instance_count === 0 || progress === undefined) return false;
  return now.getTime() - lastSignOf(item, progress, now.getTime(), patience) >= patience.stillMs;
}
