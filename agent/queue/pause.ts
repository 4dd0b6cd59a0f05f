import { setTimeout as sleep } from "node:timers/promises";

/** Waits for `ms`, or until it is aborted. @returns false if it was aborted */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
