/** What was seen at one moment. Milliseconds since the epoch, bytes a second, a share from 0 to 1. */
export interface Sample {
  readonly at: number;
  readonly rate: number;
  readonly warm: number;
}

/** So many are kept of a request. Beyond that every second one goes, so that the whole time stays in sight. */
const MOST = 600;

export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at <= last.at) return samples;
  const kept = samples.length < MOST ? samples : samples.filter((_, index) => index % 2 === 0);
  return [...kept, sample];
}

/** The top of an axis: the least of 1, 2, 5 × 10ⁿ that is not below. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value) ?? 10 * power;
}

/** Points of an SVG path within a box. @param of the value from 0 to 1 */
export function pathOf(
  samples: readonly Sample[],
  of: (sample: Sample) => number,
  { width, height, from, to }: { width: number; height: number; from: number; to: number },
): string {
  const x = (at: number) => ((at - from) / Math.max(1, to - from)) * width;
  const y = (value: number) => height - Math.min(1, Math.max(0, value)) * height;
  return samples
    .map((it, index) => `${index === 0 ? "M" : "L"}${x(it.at).toFixed(1)} ${y(of(it)).toFixed(1)}`)
    .join("");
}
