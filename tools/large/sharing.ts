import type { Passed } from "../lab/world/links.ts";

/** How a load was shared among agents. */
export interface Shared {
  readonly what: string;
  readonly status: string;
  readonly failed: number;
  /** Bytes that each agent moved. */
  readonly bytes: readonly number[];
  /** From the first byte that passed any link to the last. */
  readonly seconds: number;
  /** What the links would need, if all were full from the first byte on. */
  readonly leastSeconds: number;
  /** How busy the machine's processor was: 1 is all of it. */
  readonly cpu: number;
}

/**
 * @param totalBytes of all tasks; what passed has TLS and heads in it, too
 * @param bytesPerSecond of one link
 */
export function shareOf(
  passed: readonly Passed[],
  totalBytes: number,
  bytesPerSecond: number,
): Pick<Shared, "bytes" | "seconds" | "leastSeconds"> {
  const first = Math.min(...passed.map(({ firstAt }) => firstAt ?? Number.POSITIVE_INFINITY));
  const last = Math.max(...passed.map(({ lastAt }) => lastAt ?? Number.NEGATIVE_INFINITY));
  return {
    bytes: passed.map(({ bytes }) => bytes),
    seconds: (last - first) / 1_000,
    leastSeconds: totalBytes / (bytesPerSecond * passed.length),
  };
}

/** How much more than the mean the busiest agent moved, and how much longer than the links need it took; 1 is best. */
export function evenness({ bytes, seconds, leastSeconds }: Pick<Shared, "bytes" | "seconds" | "leastSeconds">) {
  const mean = bytes.reduce((sum, it) => sum + it, 0) / Math.max(1, bytes.length);
  return { most: Math.max(...bytes) / mean, late: seconds / leastSeconds };
}
