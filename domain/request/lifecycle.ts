/**
 * The lifecycle of a request: its states, the events that change it, and the decisions which event is due. Everything else asks here
 * whether a request is complete, overdue, stalled or needs a settlement check.
 */
import * as z from "zod";
import type { Count } from "../result/count.ts";
import { parseTimestamp } from "../timestamps.ts";
import { type InvalidationOptions, invalidatingFields } from "./invalidation.ts";
import { atWork, eachRequest, NO_PROGRESS, type OnFailure, type Progress } from "./progress.ts";

export const STATUSES = [
  "CREATED",
  "EXPANDING",
  "CHECK_POP",
  "INSERT_TASK",
  "IN_PROGRESS",
  "FINISHED",
  "STOPPED",
  "TIMEOUT",
  "FAILED",
] as const;

/** What each status means to a caller. */
export const STATUS_MEANINGS: Readonly<Record<(typeof STATUSES)[number], string>> = {
  CREATED: "Prewarm accepted the request and probes sizes.",
  EXPANDING: "Prewarm reads the sources, then probes sizes.",
  CHECK_POP: "Prewarm resolves the POPs and invalidates.",
  INSERT_TASK: "Prewarm queues tasks. Agents may already download.",
  IN_PROGRESS: "All tasks are queued.",
  FINISHED: "Every task has a result, which can be a failure: see `verdict`.",
  STOPPED: "`force_stop` stopped the request.",
  TIMEOUT: "The time ended before every task had a result.",
  FAILED: "Nothing could be warmed, a limit was exceeded, or a step or an invalidation failed: see `reason`.",
};

export const statusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof statusSchema>;

export const TERMINAL_STATUSES = ["FINISHED", "STOPPED", "TIMEOUT", "FAILED"] as const satisfies readonly Status[];
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export function isTerminal(status: Status): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly Status[]).includes(status);
}

/** Attribute `expanded` of a request whose list of URLs is complete. */
export const EXPANDED = "y";

/** The functions that cause events. */
type Actor = "API" | "Get Size" | "Expand" | "Task" | "Shutdown" | "Watch";

/** A status; EXPANDED is the part of EXPANDING in which the list of URLs is complete. */
export type State = Status | "EXPANDED";

/** The functions that do the steps of a request before its tasks are queued. */
export type Step = "Get Size" | "Expand" | "Task";

interface StateRow {
  /** The function that ends the state. */
  readonly step?: Step;
  /** The stream that invokes the function: of the Request table, or of the Request-Pop table for each target that is READY. */
  readonly stream?: "requests" | "requestPops";
}

export const STATES: Readonly<Record<State, StateRow>> = {
  CREATED: { step: "Get Size", stream: "requests" },
  // Get Size invokes Expand, which invokes itself until it has read everything.
  EXPANDING: { step: "Expand" },
  EXPANDED: { step: "Get Size", stream: "requests" },
  CHECK_POP: { step: "Task", stream: "requests" },
  INSERT_TASK: { step: "Task", stream: "requestPops" },
  IN_PROGRESS: {},
  FINISHED: {},
  STOPPED: {},
  TIMEOUT: {},
  FAILED: {},
};

export const ENDED_STATES: readonly State[] = TERMINAL_STATUSES;
export const ACTIVE_STATES = (Object.keys(STATES) as State[]).filter((state) => !ENDED_STATES.includes(state));
const STEPS = ACTIVE_STATES.filter((state) => STATES[state].step !== undefined);

/** An event of the lifecycle. */
export interface Transition {
  /** The states in which it may happen; none: there is no request yet. */
  readonly from: readonly State[];
  /** The next state. @default the state does not change */
  readonly to?: State;
  /** Who may cause it. */
  readonly by: readonly Actor[];
  /** What follows. */
  readonly follows: string;
}

const CLEANUP = "Shutdown is invoked to clean up";

export const EVENTS = {
  CREATE: { from: [], to: "CREATED", by: ["API"], follows: "the stream invokes Get Size" },
  EXPAND: { from: ["CREATED"], to: "EXPANDING", by: ["Expand"], follows: "Expand reads the sources" },
  SOURCES_READ: { from: ["EXPANDING"], to: "EXPANDED", by: ["Expand"], follows: "the stream invokes Get Size" },
  SIZES_READ: { from: ["CREATED", "EXPANDED"], to: "CHECK_POP", by: ["Get Size"], follows: "the stream invokes Task" },
  POPS_RESOLVED: {
    from: ["CHECK_POP"],
    to: "INSERT_TASK",
    by: ["Task"],
    follows: "targets become READY; their stream invokes Task for each",
  },
  TASKS_QUEUED: { from: ["INSERT_TASK"], to: "IN_PROGRESS", by: ["Task", "Watch"], follows: "agents download" },
  RESTART_STEP: { from: STEPS, by: ["Watch"], follows: "the step's function is invoked again" },
  REQUEUE: { from: ["IN_PROGRESS"], by: ["Shutdown"], follows: "tasks without a result are queued again" },
  EXTEND: {
    from: ["INSERT_TASK", "IN_PROGRESS"],
    by: ["Shutdown"],
    follows: "with the scope `regional`, tasks of POPs that lead for themselves are queued",
  },
  FINISH: { from: ["INSERT_TASK", "IN_PROGRESS"], to: "FINISHED", by: ["Shutdown"], follows: CLEANUP },
  GIVE_UP: {
    from: ["IN_PROGRESS"],
    to: "FINISHED",
    by: ["Shutdown"],
    follows: `tasks without a result count as failed; ${CLEANUP}`,
  },
  FAIL: {
    from: ACTIVE_STATES,
    to: "FAILED",
    by: ["Get Size", "Expand", "Task", "Shutdown", "Watch"],
    follows: CLEANUP,
  },
  TIME_OUT: { from: ACTIVE_STATES, to: "TIMEOUT", by: ["Task", "Shutdown"], follows: CLEANUP },
  STOP: { from: ACTIVE_STATES, to: "STOPPED", by: ["API"], follows: CLEANUP },
  CLOSE: { from: ENDED_STATES, by: ["Shutdown"], follows: "nothing: the request holds nothing any more" },
} as const satisfies Record<string, Transition>;

/** The events that end a request, and those that lead to the next state of an active one. */
export type EndingEvent = "FINISH" | "GIVE_UP" | "FAIL" | "TIME_OUT" | "STOP";
export type AdvancingEvent = "EXPAND" | "SOURCES_READ" | "SIZES_READ" | "POPS_RESOLVED" | "TASKS_QUEUED";

/** The attributes of a request's item that its settlement depends on. */
export interface LifecycleItem {
  readonly req_id: string;
  readonly status: Status;
  readonly last_update_time: string;
  readonly timeout_at: string;
  readonly instance_count: number;
  readonly total_count: number;
  readonly max_failures?: number | undefined;
  readonly requeues: number;
  readonly empty_seen_at?: number | undefined;
}

interface Stated {
  readonly status: Status;
  readonly expanded?: string | undefined;
}

export function stateOf({ status, expanded }: Stated): State {
  return status === "EXPANDING" && expanded !== undefined ? "EXPANDED" : status;
}

/** The attributes of an item that enters a state. */
export function attributesOf(state: State): { readonly status: Status; readonly expanded?: typeof EXPANDED } {
  return state === "EXPANDED" ? { status: "EXPANDING", expanded: EXPANDED } : { status: state };
}

/** How long the parts of a request wait for each other, in milliseconds. All times follow from the stack's `stallSeconds`. */
export interface Timings {
  /** Between two heartbeats of an agent. */
  readonly heartbeatIntervalMs: number;
  /** The process of a heartbeat that is older, by the reader's clock, counts as dead. */
  readonly heartbeatTimeoutMs: number;
  /** A request without a result and without a heartbeat for this long is stalled. */
  readonly stallMs: number;
  /** The same while the queue has messages, which may be other requests'; and for a step before all tasks are queued. */
  readonly busyStallMs: number;
  /** The queue counts as empty if it was empty twice, this far apart: SQS estimates. */
  readonly recheckMs: number;
}

export const STALL_SECONDS = 900;
/** The variable STALL_SECONDS. */
export const stallSecondsSchema = z.coerce.number().positive();

/** @default 900 seconds: then agents write a heartbeat every 10 s */
export function timingsOf(stallSeconds: number = STALL_SECONDS): Timings {
  const stallMs = stallSeconds * 1_000;
  const heartbeatIntervalMs = Math.max(1_000, stallMs / 90);
  return {
    heartbeatIntervalMs,
    heartbeatTimeoutMs: 6 * heartbeatIntervalMs,
    stallMs,
    busyStallMs: 2 * stallMs,
    recheckMs: Math.max(1_000, stallMs / 15),
  };
}

/** A settlement check that was requested and not done for this long may be requested again: its process has died. */
export const SETTLEMENT_REQUEST_TIMEOUT_MS = 1_200_000;
/** The timer, with the retries of its function, has this long to end a request by itself. */
const TIMER_GRACE_MS = 120_000;
/** Who ends a request invokes Shutdown at once. One that is not closed after this long needs a settlement check. */
const CLEANUP_GRACE_MS = 120_000;
/** How often missing tasks are queued again before they count as failed, and a step is restarted before the request fails. */
export const MAX_REQUEUES = 2;
const MAX_RESTARTS = 2;

/** What a settlement check leads to: an event, nothing yet, or another check because the queue seems empty for the first time. */
export type Settlement = "FAIL" | "FINISH" | "TIME_OUT" | "REQUEUE" | "GIVE_UP" | "WAIT" | "CHECK_AGAIN";

/** What is observed of the active requests at the moment of a settlement check. */
export interface Observed {
  /** The progress of those that could be read, by their ids. */
  readonly progress: ReadonlyMap<string, Progress>;
  /** Messages in the queue, of any request, in flight or not. */
  readonly messages: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly timings: Timings;
}

/** Where progress and the queue's depth are read. */
interface Observer {
  readonly progress: { of(reqId: string): Promise<Progress> };
  /** Absent: it counts as empty. */
  readonly queue?: { messageCount(): Promise<number> };
  readonly timings: Timings;
}

const READ_IN_PARALLEL = 16;

/** Reads what goes on around requests. @param onFailure called for each whose progress cannot be read; it is left out */
export async function observe(
  { progress, queue, timings }: Observer,
  requests: Iterable<{ readonly req_id: string }>,
  now: () => number,
  onFailure: OnFailure,
): Promise<Observed> {
  const messages = (await queue?.messageCount()) ?? 0;
  const all = new Map<string, Progress>();
  const waiting = [...requests].values();
  const readWaiting = () =>
    eachRequest(waiting, onFailure, async ({ req_id }) => all.set(req_id, await progress.of(req_id)));
  await Promise.all(Array.from({ length: READ_IN_PARALLEL }, readWaiting));
  // The time after the reads: a heartbeat from the future is ignored.
  return { progress: all, messages, now: now(), timings };
}

/**
 * Decides what becomes of a request. Shutdown acts on it. A download may take hours: while its agent writes heartbeats, none of its
 * tasks is lost.
 * @param options `count`: its results, by default what the counters say; `graceMs`: after its time is up, by default 0
 */
export function decideSettlement(
  item: LifecycleItem,
  observed: Observed,
  options: { readonly count?: Count; readonly graceMs?: number } = {},
): Settlement {
  const { messages, now, timings } = observed;
  const progress = progressIn(observed, item);
  const { count = progress.count, graceMs = 0 } = options;
  // First: how a request ends must not depend on whether its last results came before a check.
  if (exceedsMaxFailures(item, count.failed_count)) return "FAIL";
  if (isComplete(item, count)) return "FINISH";
  if (isTimeUp(item, now - graceMs)) return "TIME_OUT";
  const isPaused = item.instance_count === 0;
  if (item.total_count === 0 || item.status !== "IN_PROGRESS" || isPaused) return "WAIT";
  if (atWork(progress.heartbeats, now, timings).length > 0) return "WAIT";
  const silentMs = now - lastActivityAt(item, observed);
  if (silentMs < timings.stallMs) return "WAIT";
  if (messages === 0) {
    if (recheckInMs(item, observed) > 0) return "CHECK_AGAIN";
  } else {
    // If no agent works, the messages wait for instances: those of a Spot group may take hours to come. If agents work on other
    // requests and have long done nothing of this one, the messages are those of the others.
    const others = [...observed.progress].filter(([id]) => id !== item.req_id);
    const othersWork = others.some(([, { heartbeats }]) => atWork(heartbeats, now, timings).length > 0);
    if (!othersWork || silentMs < timings.busyStallMs) return "WAIT";
  }
  return item.requeues < MAX_REQUEUES ? "REQUEUE" : "GIVE_UP";
}

/** In how many milliseconds a queue that seems empty is checked again; 0: it has been empty twice. */
export function recheckInMs(item: LifecycleItem, observed: Observed): number {
  const { empty_seen_at: emptySeenAt } = item;
  const { recheckMs } = observed.timings;
  // An earlier observation does not count if something has happened since.
  if (emptySeenAt === undefined || emptySeenAt < lastActivityAt(item, observed)) return recheckMs;
  return Math.max(0, emptySeenAt + recheckMs - observed.now);
}

/** Whether Watch requests a settlement check. Not while one is scheduled, or the timer may still come. */
export function needsSettlement(item: LifecycleItem, observed: Observed): boolean {
  if (!observed.progress.has(item.req_id)) return false;
  const settlement = decideSettlement(item, observed, { graceMs: TIMER_GRACE_MS });
  if (settlement === "CHECK_AGAIN") return recheckInMs(item, observed) >= observed.timings.recheckMs;
  return settlement !== "WAIT";
}

interface FailureLimit {
  readonly max_failures?: number | undefined;
}

interface Tasks extends FailureLimit {
  readonly total_count: number;
}

/** Whether a request's counters say that it is to end: every task has a result, or too many have failed. */
export function isSettleable(item: Tasks, count: Count): boolean {
  return isComplete(item, count) || exceedsMaxFailures(item, count.failed_count);
}

/** Whether every task of a request has a result, as far as its counters tell. */
export function isComplete({ total_count: total }: Tasks, { download_count }: Count): boolean {
  return total > 0 && download_count >= total;
}

/** Whether more tasks have failed than the request allows. */
export function exceedsMaxFailures({ max_failures: allowed }: FailureLimit, failed: number): boolean {
  return allowed !== undefined && failed > allowed;
}

/** Whether a request's time is up. @param now milliseconds since the epoch */
export function isTimeUp({ timeout_at }: { readonly timeout_at: string }, now: number): boolean {
  return now >= parseTimestamp(timeout_at);
}

/** Whether a request's time is up and its timer has not ended it. @param now milliseconds since the epoch */
export function isOverdue(item: { readonly timeout_at: string }, now: number): boolean {
  return isTimeUp(item, now - TIMER_GRACE_MS);
}

/** Whether a request that has ended still holds something although Shutdown was to clean up. */
export function needsCleanup(
  { last_update_time: endedAt }: { readonly last_update_time: string },
  now: number,
): boolean {
  return now - parseTimestamp(endedAt) >= CLEANUP_GRACE_MS;
}

/** Whether an active request makes no progress although instances run and nobody has paused it. */
export function isStalled(item: LifecycleItem, observed: Observed, inService: number): boolean {
  if (inService === 0 || item.instance_count === 0 || !observed.progress.has(item.req_id)) return false;
  return observed.now - lastActivityAt(item, observed) >= observed.timings.stallMs;
}

/**
 * What becomes of a request whose step does not end: nothing yet, the step is restarted, or the request fails. Each step changes the
 * item at least every few minutes: an invalidation with each batch, the fan-out with each target, the reading of sources every few seconds.
 */
export function decideRestart(
  item: Stated & {
    readonly last_update_time: string;
    readonly sent_at?: number | undefined;
    readonly nudges: number;
  },
  now: number,
  { busyStallMs }: Timings,
): "WAIT" | "RESTART_STEP" | { readonly reason: string } {
  const { step } = STATES[stateOf(item)];
  const changedAt = Math.max(parseTimestamp(item.last_update_time), item.sent_at ?? 0);
  if (step === undefined || now - changedAt < busyStallMs) return "WAIT";
  if (item.nudges < MAX_RESTARTS) return "RESTART_STEP";
  return {
    reason: `${step} stalled in ${item.nudges + 1} runs; see the log of the function ${step.replace(" ", "")}`,
  };
}

/**
 * When the last sign of life of a request was, in milliseconds since the epoch; never later than now. A heartbeat without tasks is one:
 * its process has deferred the tasks because their origin is throttling. A heartbeat from the future is ignored, as in {@link atWork}: it
 * would hide that the request is stalled. Clocks differ by less than `heartbeatTimeoutMs`.
 */
export function lastActivityAt(item: LifecycleItem, observed: Observed): number {
  const { now, timings } = observed;
  const { heartbeats, lastResultAt = 0 } = progressIn(observed, item);
  let last = Math.max(parseTimestamp(item.last_update_time), lastResultAt);
  // Not by Math.max(...): a call takes some 100,000 arguments, and an instance may write more heartbeats.
  for (const { at } of heartbeats) if (at > last && at <= now + timings.heartbeatTimeoutMs) last = at;
  return Math.min(last, now);
}

function progressIn({ progress }: Observed, { req_id }: LifecycleItem): Progress {
  return progress.get(req_id) ?? NO_PROGRESS;
}

/** What a request's need of instances depends on. */
export interface InstanceNeed extends InvalidationOptions {
  readonly instance_count: number;
  readonly status: Status;
  readonly sources_read?: unknown;
}

/**
 * How many instances the active requests need: the largest number, for they share the fleet. Instances boot while sizes are read. An
 * invalidation takes longer than a boot, and so may sources: with either, a request needs none before its tasks are about to be queued.
 */
export function neededCapacity(active: readonly InstanceNeed[]): number {
  const due = active.filter(
    (item) => isQueueing(item) || (invalidatingFields(item) === "" && item.sources_read === undefined),
  );
  return Math.max(0, ...due.map(({ instance_count }) => instance_count));
}

/** Whether a request has tasks in the queues and wants instances that fetch them. */
export function waitsForInstances(item: InstanceNeed): boolean {
  return isQueueing(item) && item.instance_count > 0;
}

function isQueueing({ status }: InstanceNeed): boolean {
  return status === "INSERT_TASK" || status === "IN_PROGRESS";
}
