import { memoryIsTight } from "../instance/memory.ts";
import { type Bounds, type Limit, nextLimit, startLimit, type Window } from "./concurrency.ts";
import { Generation } from "./generation.ts";
import type { Tally } from "./meter.ts";
import { pause } from "./pause.ts";
import type { Slots } from "./slots.ts";

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
