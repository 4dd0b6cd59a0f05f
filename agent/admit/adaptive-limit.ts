import { setTimeout as sleep } from "node:timers/promises";
import type { QueueDepth } from "../../domain/plan/ports.ts";
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
  readonly usualTrouble: number;
}

/** Between which limits, and how fast, a limit changes. */
export interface Bounds {
  readonly min: number;
  readonly start: number;
  readonly max: number;
  readonly windowMs: number;
  /** Whether more tasks in a second are a gain, too: large files end too seldom to tell. */
  readonly byTasks: boolean;
  /** Whether others that use the same queue slow the first growth down: whoever starts first must not take all large files. */
  readonly isShared: boolean;
  /** Once a growth has not brought more. */
  readonly probing: Growth;
}

interface Growth {
  readonly factor: number;
  /** As many times more must come for the growth to go on. */
  readonly worthwhile: number;
}

/** Fills a far link within seconds, as TCP's slow start does. */
const DOUBLING: Growth = { factor: 2, worthwhile: 1.15 };
export const SMALL: Bounds = {
  min: 4,
  start: 32,
  max: 1_024,
  windowMs: 1_000,
  byTasks: true,
  isShared: false,
  probing: { factor: 1.3, worthwhile: 1.03 },
};
/** A few large files fill a link, and it takes a while until a change shows. */
export const LARGE: Bounds = {
  min: 1,
  start: 2,
  max: 64,
  windowMs: 3_000,
  byTasks: false,
  isShared: true,
  probing: { factor: 1.3, worthwhile: 1.1 },
};
/** If this much more of the attempts fail than usual, the limit is taken to be the cause. */
const TOO_MUCH_TROUBLE = 0.05;
/** Share of a window in which the event loop was busy; above it the core counts as full. */
const CPU_BOUND = 0.97;
/** After so many windows the limit is judged, whatever has ended. */
const MAX_WINDOWS = 10;

export function startLimit({ start }: Bounds = SMALL): Limit {
  return { value: start, before: undefined, growsFast: true, usualTrouble: 0 };
}

/**
 * The next limit on downloads at once (hill climbing): it grows while that brings more bytes or more tasks, goes back one step when it
 * does not, and is halved when more attempts fail than usual or memory runs out.
 * @param maxStep by how much it may grow: see {@link maxSharedStep}
 */
export function nextLimit(limit: Limit, window: Measured, bounds = SMALL, maxStep = Number.POSITIVE_INFINITY): Limit {
  const { usualTrouble } = limit;
  // Failures that go on at a lower limit do not come from the limit: within a few windows they count as usual.
  const stillUsual = window.tasksPerSecond === 0 ? usualTrouble : (usualTrouble + window.troubled) / 2;
  return { ...adjust(limit, window, bounds, maxStep), usualTrouble: stillUsual };
}

function adjust(limit: Limit, window: Measured, bounds: Bounds, maxStep: number): Limit {
  if (window.memoryTight === true || window.troubled > limit.usualTrouble + TOO_MUCH_TROUBLE)
    return { ...limit, value: Math.max(bounds.min, Math.floor(limit.value / 2)), before: undefined, growsFast: false };
  if (!window.saturated || window.cpuBound === true) return limit;
  const { value, before, growsFast } = limit;
  const { bytesPerSecond, tasksPerSecond } = window;
  const { factor, worthwhile } = growsFast ? DOUBLING : bounds.probing;
  // A smaller step brings less.
  const needed = before === undefined ? 0 : Math.min(worthwhile, 1 + (value / before.value - 1) / 2);
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
  /** See {@link maxSharedStep}. Called only where the bounds are shared. */
  readonly maxStep: (limit: number) => Promise<number>;
}

/** Sets the limit on downloads at once, window after window, until it is aborted. */
export async function adaptLimit(options: AdaptiveLimitOptions, signal: AbortSignal): Promise<void> {
  const { limiter, throughput, bounds } = options;
  let limit = startLimit(bounds);
  const settling = new Settling();
  let before = performance.eventLoopUtilization();
  while (await pause(bounds.windowMs, signal)) {
    const now = performance.eventLoopUtilization();
    const cpuBound = performance.eventLoopUtilization(now, before).utilization > CPU_BOUND;
    before = now;
    const window: Measured = {
      ...throughput.window(),
      saturated: limiter.inUse >= limiter.limit,
      cpuBound,
      memoryTight: options.isMemoryTight(),
    };
    // The first growth waits for nothing if nothing has ended. Large files are judged by their bytes, in windows long enough.
    const waits = bounds.byTasks && (limit.before !== undefined || window.tasksPerSecond > 0);
    const judged = waits ? settling.add(window, limit.value, bounds.windowMs / 1_000) : window;
    if (judged === undefined) continue;
    const isShared = bounds.isShared && judged.saturated && limit.value < bounds.max;
    const maxStep = isShared ? await options.maxStep(limit.value) : undefined;
    // A stop sets a limit that stays.
    if (signal.aborted) return;
    limit = nextLimit(limit, judged, bounds, maxStep);
    limiter.limit = limit.value;
  }
}

/**
 * The windows since the limit was judged last. While fewer tasks have ended than may run at once, what ends still started under
 * the limit before, and the rate has not settled: a link that is full looks as if each growth brought more, until new
 * connections wait behind it for too long.
 */
export class Settling {
  private windows: Measured[] = [];

  /**
   * @param limit tasks at once
   * @param seconds of the window
   * @returns the mean of the windows; undefined: it is too soon to judge
   */
  add(window: Measured, limit: number, seconds: number): Measured | undefined {
    // The limit bounded nothing, and another one would have changed nothing. What comes after is judged without it.
    if (!window.saturated) {
      this.windows = [];
      return window;
    }
    this.windows.push(window);
    const { windows } = this;
    const tasksPerSecond = sum(windows.map((it) => it.tasksPerSecond));
    // Failures are acted on at once.
    const isUrgent = window.troubled > 0 || window.memoryTight === true;
    if (tasksPerSecond * seconds < limit && windows.length < MAX_WINDOWS && !isUrgent) return undefined;
    this.windows = [];
    return {
      ...window,
      bytesPerSecond: sum(windows.map((it) => it.bytesPerSecond)) / windows.length,
      tasksPerSecond: tasksPerSecond / windows.length,
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Waits for `ms`, or until it is aborted. @returns false if it was aborted */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
