import { setTimeout as sleep } from "node:timers/promises";

/** Waits, unless it is aborted. @returns whether it was not */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
