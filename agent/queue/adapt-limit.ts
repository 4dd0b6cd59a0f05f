import { memoryIsTight } from "../instance/memory.ts";
import { nextLimit, startLimit } from "./concurrency.ts";
import type { Meter } from "./meter.ts";
import { pause } from "./pause.ts";
import type { Slots } from "./slots.ts";

const WINDOW_MS = 1_000;
/** Share of a window in which the event loop was busy; above it the core counts as full. */
const CPU_BOUND = 0.97;

/** Sets the limit on downloads at once, window after window, until it is aborted. @param memoryBytes this process's share */
export async function adaptLimit(slots: Slots, meter: Meter, memoryBytes: number, signal: AbortSignal): Promise<void> {
  let limit = startLimit;
  let before = performance.eventLoopUtilization();
  while (await pause(WINDOW_MS, signal)) {
    const now = performance.eventLoopUtilization();
    const cpuBound = performance.eventLoopUtilization(now, before).utilization > CPU_BOUND;
    before = now;
    const window = meter.window(slots.inUse >= slots.limit);
    limit = nextLimit(limit, { ...window, cpuBound, memoryTight: memoryIsTight(memoryBytes) });
    slots.limit = limit.value;
  }
}
