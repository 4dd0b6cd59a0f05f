import { performance } from "node:perf_hooks";
import type { QueueDepth } from "../../domain/plan/ports.ts";
import { pause } from "../../domain/retry.ts";
import type { Throughput, Window } from "../report/throughput.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";

/** A window of time, and the state of this process at its end. */
export interface Measured extends Window {
  /** Whether as many tasks ran as the limit allows: if not, another limit would change nothing. */
  readonly saturated: boolean;
  /** Whether this process's core is full: more downloads at once would only wait for it. @default false */
  readonly cpuBound?: boolean;
  /** Whether this process uses nearly all the memory that it may use. @default false */
  readonly memoryTight?: boolean;
}

export interface Limit {
  readonly value: number;
  /** The limit and the throughput before the last change. */
  readonly before: (Pick<Measured, "bytesPerSecond" | "tasksPerSecond"> & { readonly value: number }) | undefined;
  /** Whether every growth so far has brought more. As long as that is so, the limit grows fast. */
  readonly growsFast: boolean;
  /** Share of the attempts that fail at any limit, for example at a POP that is out of order. */
  readonly baselineFailureRate: number;
}

/** Between which limits, and how fast, a limit changes. */
export interface Bounds {
  readonly min: number;
  readonly start: number;
  readonly max: number;
  readonly windowMs: number;
  /**
   * Whether more tasks in a second are a gain, too. False for large files: they end too seldom. While other processes use the same queue,
   * their limit grows by {@link maxSharedStep} at most, so that the first process does not take all files.
   */
  readonly byTasks: boolean;
  /** Factor by which the throughput must grow for the limit to grow further, once a growth has not brought more. */
  readonly minGain: number;
}

/** Fills a far link within seconds, as TCP's slow start does. */
const DOUBLING = { factor: 2, minGain: 1.15 };
const PROBING_FACTOR = 1.3;
export const SMALL: Bounds = { min: 4, start: 32, max: 1_024, windowMs: 1_000, byTasks: true, minGain: 1.03 };
/** A few large files fill a link, and it takes a while until a change shows. */
export const LARGE: Bounds = { min: 1, start: 2, max: 64, windowMs: 3_000, byTasks: false, minGain: 1.1 };
/** If this much more of the attempts fail than usual, the limit is taken to be the cause. */
const MAX_FAILURE_RATE_RISE = 0.05;
/** Share of a window in which the event loop was busy; above it the core counts as full. */
const CPU_BOUND = 0.97;
/** After so long a window, in times of `windowMs`, the limit is judged, whatever has ended. */
const MAX_WINDOWS = 10;

export function startLimit({ start }: Bounds = SMALL): Limit {
  return { value: start, before: undefined, growsFast: true, baselineFailureRate: 0 };
}

/**
 * The next limit on downloads at once (hill climbing): it grows while that brings more bytes or more tasks, goes back one step when it
 * does not, and is halved when more attempts fail than usual or memory runs out.
 * @param maxStep by how much it may grow: see {@link maxSharedStep}
 */
export function nextLimit(limit: Limit, window: Measured, bounds = SMALL, maxStep = Number.POSITIVE_INFINITY): Limit {
  const { baselineFailureRate } = limit;
  // Failures that go on at a lower limit do not come from the limit: within a few windows they count as usual.
  const nextBaseline =
    window.tasksPerSecond === 0 ? baselineFailureRate : (baselineFailureRate + window.failureRate) / 2;
  return { ...adjust(limit, window, bounds, maxStep), baselineFailureRate: nextBaseline };
}

function adjust(limit: Limit, window: Measured, bounds: Bounds, maxStep: number): Limit {
  if (window.memoryTight === true || window.failureRate > limit.baselineFailureRate + MAX_FAILURE_RATE_RISE)
    return { ...limit, value: Math.max(bounds.min, Math.floor(limit.value / 2)), before: undefined, growsFast: false };
  if (!window.saturated || window.cpuBound === true) return limit;
  const { value, before, growsFast } = limit;
  const { bytesPerSecond, tasksPerSecond } = window;
  const { factor, minGain } = growsFast ? DOUBLING : { factor: PROBING_FACTOR, minGain: bounds.minGain };
  // A smaller step brings less.
  const needed = before === undefined ? 0 : Math.min(minGain, 1 + (value / before.value - 1) / 2);
  const gained =
    before === undefined ||
    bytesPerSecond > before.bytesPerSecond * needed ||
    (bounds.byTasks && tasksPerSecond > before.tasksPerSecond * needed);
  // Nothing was gained: back to the last limit. What is downloaded changes, so the next window is compared with
  // nothing.
  if (!gained) return { ...limit, value: before.value, before: undefined, growsFast: false };
  const next = Math.min(bounds.max, value + maxStep, Math.ceil(value * factor));
  return { ...limit, value: next, before: { value, bytesPerSecond, tasksPerSecond } };
}

/** With so many messages in the queue for each download of this process, there is enough for others. */
const DEEP_QUEUE = 16;

/**
 * By how much the limit of large files may grow while other processes receive from the same queue. Behind a limit for each connection, more
 * downloads always bring more: the process that starts first would take all files before the last one starts. So a process grows by one at
 * a time, and faster as long as it has few of the messages, or all of them.
 * @param mine messages of the queue that this process has
 */
export function maxSharedStep(limit: number, depth: QueueDepth, mine: number): number {
  if (depth.available >= DEEP_QUEUE * limit) return Number.POSITIVE_INFINITY;
  const others = depth.inFlight - mine;
  // Others may have started, and have received nothing yet.
  if (others <= 0) return Math.ceil(limit / 2);
  return Math.max(1, Math.floor(others / (2 * mine)));
}

export interface AdaptiveLimitOptions {
  readonly limiter: ConcurrencyLimiter;
  readonly throughput: Throughput;
  readonly bounds: Bounds;
  readonly isMemoryTight: () => boolean;
  /** See {@link maxSharedStep}. Called only for large files. */
  readonly maxStep: (limit: number) => Promise<number>;
}

/**
 * Sets the limit on downloads at once, window after window, until it is aborted. A window of small files is longer while fewer tasks have
 * ended than may run at once: what ends still started under the limit before, and the rate has not settled. Only the last `windowMs` of it tell
 * of failures and of the core. A link that is full looks as if
 * each growth brought more, until new connections wait behind it for too long.
 */
export async function adaptLimit(options: AdaptiveLimitOptions, signal: AbortSignal): Promise<void> {
  const { limiter, throughput, bounds } = options;
  let limit = startLimit(bounds);
  let unjudged: Window[] = [];
  let before = performance.eventLoopUtilization();
  while (await pause(bounds.windowMs, signal)) {
    const saturated = limiter.inUse >= limiter.limit;
    const memoryTight = options.isMemoryTight();
    const now = performance.eventLoopUtilization();
    const cpuBound = performance.eventLoopUtilization(now, before).utilization > CPU_BOUND;
    before = now;
    const last = throughput.window();
    // Where the limit bounds nothing, no other one would change anything.
    unjudged = saturated ? [...unjudged, last] : [last];
    const tasksPerSecond = mean(unjudged.map((it) => it.tasksPerSecond));
    const tasks = (tasksPerSecond * unjudged.length * bounds.windowMs) / 1_000;
    // Failures are acted on at once.
    const isUrgent = !saturated || memoryTight || last.failureRate > 0;
    const isSettled = isUrgent || tasks >= limit.value || unjudged.length >= MAX_WINDOWS;
    // The first growth waits for nothing if nothing has ended.
    if (bounds.byTasks && !isSettled && (limit.before !== undefined || tasks > 0)) continue;
    const bytesPerSecond = mean(unjudged.map((it) => it.bytesPerSecond));
    const window: Measured = { ...last, bytesPerSecond, tasksPerSecond, saturated, cpuBound, memoryTight };
    unjudged = [];
    const isShared = !bounds.byTasks && saturated && limit.value < bounds.max;
    const maxStep = isShared ? await options.maxStep(limit.value) : undefined;
    // A stop sets a limit that stays.
    if (signal.aborted) return;
    limit = nextLimit(limit, window, bounds, maxStep);
    limiter.limit = limit.value;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
