import { totalmem } from "node:os";

/** Above this share, memory is tight. The rest is for garbage that is not collected yet. */
const TIGHT = 0.8;

/**
 * Bytes that each process of an instance may use: an equal part of the machine's memory, or of what systemd gives the
 * agent if that is less.
 */
export function memoryShare(processes: number): number {
  // Without a limit, it is 0 or more than the machine has.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.min(limit, totalmem()) / processes;
}

/** Whether this process uses so much of its share that it should download less at once. */
export function memoryIsTight(share: number, used = process.memoryUsage.rss()): boolean {
  return used > share * TIGHT;
}
