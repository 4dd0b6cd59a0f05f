/** Segments in a row of the same length. */
export interface Run {
  /** `$Number$` of the first one. */
  readonly number: bigint;
  /** Of the first one, in ticks. */
  readonly time: bigint;
  /** Of each, in ticks. */
  readonly duration: bigint;
  readonly count: bigint;
}

/** An `S` of a timeline, as it is written. */
export interface TimelineEntry {
  /** Number of its first segment. @default one more than the last of the entry before */
  readonly n?: bigint | undefined;
  readonly t?: bigint | undefined;
  readonly d?: bigint | undefined;
  /** Repeats after the first. Negative: up to the next entry, or the end of the period. */
  readonly r?: bigint | undefined;
}

/** A period's rounded end shall not make one segment more. */
const ROUNDING = 1e-6;

/**
 * The runs of a timeline, counted but not laid out: one `S` may stand for millions of segments.
 * @param startNumber of the first segment, if the first entry does not say
 * @param end of the period in ticks, on the timeline, from a time on; undefined: nobody says
 * @returns undefined: it cannot be worked out
 */
export function timelineRuns(
  entries: readonly TimelineEntry[],
  startNumber: bigint,
  end: ((from: bigint) => number) | undefined,
): readonly Run[] | undefined {
  const runs: Run[] = [];
  let now = 0n;
  let nextNumber = startNumber;
  for (const [i, { n, t, d, r = 0n }] of entries.entries()) {
    const time = t ?? now;
    if (d === undefined || d <= 0n) return undefined;
    const next = entries[i + 1]?.t;
    const ticks = next === undefined ? end?.(time) : Number(next - time);
    const count = r >= 0n ? r + 1n : countIn(ticks, d);
    // Else a short document could have many entries that cost time and stand for nothing.
    if (count === undefined || count < 1n) return undefined;
    const number = n ?? nextNumber;
    runs.push({ number, time, duration: d, count });
    nextNumber = number + count;
    now = time + d * count;
  }
  return runs;
}

/** How many segments of a length it takes to fill some ticks. */
export function countIn(ticks: number | undefined, duration: bigint): bigint | undefined {
  if (ticks === undefined || duration <= 0n) return undefined;
  const count = Math.ceil(ticks / Number(duration) - ROUNDING);
  return Number.isFinite(count) && count >= 0 ? BigInt(count) : undefined;
}
