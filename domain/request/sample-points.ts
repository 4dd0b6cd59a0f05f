import type { Count } from "../result/count.ts";
import type { Sample } from "./samples.ts";

/** What a chart shows of a moment. */
export interface SamplePoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Bytes a second. */
  readonly rate: number;
  /** The share that is warm or hit, from 0 to 1. */
  readonly warm: number;
}

/** A sample as far as a chart needs it. */
export interface ChartedSample extends Pick<Sample, "at" | "received"> {
  readonly count: Pick<Count, "warm_count" | "hit_count">;
}

/**
 * The line that samples make. A rate is the mean between two samples, and stands in the middle between them.
 * @param samples in order
 * @param total tasks of the request
 */
export function pointsOf(samples: readonly ChartedSample[], total: number): SamplePoint[] {
  const points = samples.slice(1).map((sample, index): SamplePoint => {
    const before = samples[index] ?? sample;
    return {
      at: (before.at + sample.at) / 2,
      rate: rateBetween(before, sample),
      warm: (warmShare(before.count, total) + warmShare(sample.count, total)) / 2,
    };
  });
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [
    { at: first.at, rate: 0, warm: warmShare(first.count, total) },
    ...points,
    { at: last.at, rate: points.at(-1)?.rate ?? 0, warm: warmShare(last.count, total) },
  ];
}

/** The share of a request's tasks that is warm or hit, from 0 to 1. */
export function warmShare({ warm_count, hit_count }: ChartedSample["count"], total: number): number {
  return total === 0 ? 0 : Math.min(1, (warm_count + hit_count) / total);
}

function rateBetween(one: ChartedSample, other: ChartedSample): number {
  return Math.max(0, other.received - one.received) / Math.max(1, (other.at - one.at) / 1_000);
}
