import type { Progress } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";

/** So many are kept of a request. Beyond that every second one goes, so that the whole time stays in sight. */
const MOST = 600;

/** The points of the chart with what an answer says. */
export function pointsWith(points: readonly SamplePoint[], request: Progress): readonly SamplePoint[] {
  const at = parseTimestamp(isTerminal(request.status) ? request.last_update_time : request.timestamp);
  return withPoint(points, { at, rate: request.bytes_per_second, warm: warmShare(request, request.total_count) });
}

/** A point that is not later than the last one takes its place. */
export function withPoint(points: readonly SamplePoint[], point: SamplePoint): readonly SamplePoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.at <= last.at) return [...points.slice(0, -1), { ...point, at: last.at }];
  const kept = points.length < MOST ? points : points.filter((_, index) => index % 2 === 0);
  return [...kept, point];
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

/** The share of a request's tasks that is warm or hit, from 0 to 1. */
export function warmShare({ warm_count, hit_count }: WarmCount, total: number): number {
  return total === 0 ? 0 : Math.min(1, (warm_count + hit_count) / total);
}
