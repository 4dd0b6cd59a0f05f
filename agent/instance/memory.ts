import { totalmem } from "node:os";

/** What is left above it is for garbage that has not been collected yet. */
const TIGHT = 0.8;

/**
 * Bytes that one of so many processes of an instance may have: of what the machine has, or of what systemd gives the
 * agent, if that is less.
 */
export function memoryShare(processes: number): number {
  // Without a limit it is 0, or more than there is.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.min(limit, totalmem()) / processes;
}

/** Whether this process has so much of its share that it should do less at once. */
export function memoryIsTight(share: number, used = process.memoryUsage.rss()): boolean {
  return used > share * TIGHT;
}
