import { setTimeout as sleep } from "node:timers/promises";
import { memoryIsTight } from "../instance/memory.ts";
import type { Tally } from "../report/throughput.ts";
import { type Bounds, type Limit, nextLimit, startLimit, type Window } from "./concurrency.ts";
import type { Slots } from "./concurrency-limiter.ts";

/** Share of a window in which the event loop was busy; above it the core counts as full. */
const CPU_BOUND = 0.97;

export interface Adapted {
  readonly slots: Slots;
  readonly tally: Tally;
  readonly bounds: Bounds;
  /** This process's share. */
  readonly memoryBytes: number;
  /** Told of each window, once the limit follows it. */
  readonly onWindow: (window: Window) => void;
}

/** Sets the limit on downloads at once, window after window, until it is aborted. */
export async function adaptLimit(adapted: Adapted, signal: AbortSignal): Promise<void> {
  const { slots, tally, bounds, memoryBytes, onWindow } = adapted;
  let limit: Limit = startLimit(bounds);
  const generation = new Generation();
  let before = performance.eventLoopUtilization();
  while (await pause(bounds.windowMs, signal)) {
    const now = performance.eventLoopUtilization();
    const cpuBound = performance.eventLoopUtilization(now, before).utilization > CPU_BOUND;
    before = now;
    const window = tally.window(slots.inUse >= slots.limit);
    const seen = { ...window, cpuBound, memoryTight: memoryIsTight(memoryBytes) };
    // The first growth waits for nothing if nothing has ended. Large files are judged by their bytes, in windows long enough.
    const waits = bounds.byTasks && (limit.before !== undefined || window.tasksPerSecond > 0);
    const judged = waits ? generation.add(seen, limit.value, bounds.windowMs / 1_000) : seen;
    if (judged !== undefined) limit = nextLimit(limit, judged, bounds);
    slots.limit = limit.value;
    onWindow(window);
  }
}

/** After so many windows the limit is judged, whatever has ended. */
const PATIENCE = 10;

/**
 * The windows since the limit was judged last. While fewer tasks have ended than may run at once, what ends still began under
 * the limit before, and the rate has not settled: a link that is full looks as if each growth brought more, until new
 * connections wait behind it for too long.
 */
export class Generation {
  private windows: Window[] = [];

  /**
   * @param tasksAtOnce the limit
   * @param seconds how long the window was
   * @returns what the windows come to together; undefined: it is too soon to judge
   */
  add(window: Window, tasksAtOnce: number, seconds: number): Window | undefined {
    // The limit bounded nothing, and another one would have changed nothing. What comes after is judged without it: where little
    // ran for a while, a crowd is not to wait for its slots.
    if (!window.saturated) {
      this.windows = [];
      return window;
    }
    this.windows.push(window);
    const { windows } = this;
    const ended = sum(windows, ({ tasksPerSecond }) => tasksPerSecond) * seconds;
    // What goes wrong is acted on at once.
    const isUrgent = window.troubled > 0 || window.memoryTight === true;
    if (ended < tasksAtOnce && windows.length < PATIENCE && !isUrgent) return undefined;
    this.windows = [];
    return {
      bytesPerSecond: sum(windows, ({ bytesPerSecond }) => bytesPerSecond) / windows.length,
      tasksPerSecond: sum(windows, ({ tasksPerSecond }) => tasksPerSecond) / windows.length,
      troubled: window.troubled,
      saturated: true,
      cpuBound: window.cpuBound === true,
      memoryTight: window.memoryTight === true,
    };
  }
}

function sum(windows: readonly Window[], of: (window: Window) => number): number {
  return windows.reduce((total, window) => total + of(window), 0);
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
