import type { OriginRequestSeen } from "../edge/origin-log.ts";

type Seen = Pick<OriginRequestSeen, "at">;

/** A part of the time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The requests a second within the spans together; NaN if they have no time in them. */
export function meanRate(log: readonly Seen[], spans: readonly Span[]): number {
  const ms = spans.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const within = log.filter(({ at }) => spans.some(({ from, to }) => at >= from && at < to));
  return ms === 0 ? Number.NaN : (within.length / ms) * 1_000;
}

/**
 * The time between changes, without what follows each of them.
 * @param changes in the order of time; the last is the end
 */
export function calmSpans(changes: readonly number[], calmAfterMs: number): Span[] {
  return changes.slice(1).map((to, i) => ({ from: (changes[i] ?? to) + calmAfterMs, to }));
}

/** The share that the origin refused, of what it was asked from then on; 0 if it was asked nothing. */
export function refusedShare(log: readonly Pick<OriginRequestSeen, "at" | "refused">[], from: number): number {
  const later = log.filter(({ at }) => at >= from);
  return later.length === 0 ? 0 : later.filter(({ refused }) => refused).length / later.length;
}
