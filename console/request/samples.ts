import type { Progress, Sample } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";

/** So many are kept of a request. Beyond that every second one goes, so that the whole time stays in sight. */
const MOST = 600;

/**
 * The points of the picture with what an answer says. One that brings samples, the first and the one after a gap, tells all of the
 * time before; each other one adds a point.
 */
export function pointsWith(points: readonly SamplePoint[], request: Progress): readonly SamplePoint[] {
  const { samples = [], total_count: total, bytes_per_second: rate } = request;
  const known = samples.length === 0 ? points : pointsOf(samples.map(charted), total);
  const at = parseTimestamp(isTerminal(request.status) ? request.last_update_time : request.timestamp);
  return withPoint(known, { at, rate, warm: warmShare(request, total) });
}

/** A point that is not later than the last one takes its place. */
export function withPoint(points: readonly SamplePoint[], point: SamplePoint): readonly SamplePoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.at <= last.at) return [...points.slice(0, -1), { ...point, at: last.at }];
  const kept = points.length < MOST ? points : points.filter((_, index) => index % 2 === 0);
  return [...kept, point];
}

function charted({ at, received_size: received, ...count }: Sample) {
  return { at: parseTimestamp(at), received, count };
}

/** The top of an axis: the least of 1, 2, 5 × 10ⁿ that is not below. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value) ?? 10 * power;
}

/** Where a picture lies: its size, and which moments it shows. */
export interface ChartBox {
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

/** How far to the right a moment is. */
export function placeOf(at: number, { width, from, to }: ChartBox): number {
  return ((at - from) / Math.max(1, to - from)) * width;
}

/** Points of an SVG path within a box. @param of the value from 0 to 1 */
export function pathOf<Point extends { readonly at: number }>(
  points: readonly Point[],
  of: (point: Point) => number,
  box: ChartBox,
): string {
  const y = (value: number) => box.height - Math.min(1, Math.max(0, value)) * box.height;
  return points
    .map((it, index) => `${index === 0 ? "M" : "L"}${placeOf(it.at, box).toFixed(1)} ${y(of(it)).toFixed(1)}`)
    .join("");
}

/** What a chart shows of a moment. */
export interface SamplePoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Bytes a second. */
  readonly rate: number;
  /** The share that is warm or hit, from 0 to 1. */
  readonly warm: number;
}

interface WarmCount {
  readonly warm_count: number;
  readonly hit_count: number;
}

/** A sample as far as a chart needs it. */
interface ChartedSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Bytes that instances had received. */
  readonly received: number;
  readonly count: WarmCount;
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
export function warmShare({ warm_count, hit_count }: WarmCount, total: number): number {
  return total === 0 ? 0 : Math.min(1, (warm_count + hit_count) / total);
}

function rateBetween(one: ChartedSample, other: ChartedSample): number {
  return Math.max(0, other.received - one.received) / Math.max(1, (other.at - one.at) / 1_000);
}
