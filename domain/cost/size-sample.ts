import { fnv1a } from "../plan/task.ts";
import { checkBytesOf } from "../result/task-traffic.ts";

/** What a size probe found: bytes, or why a URL cannot be read. Null or undefined: neither is known. */
export type SampledSize =
  | { readonly size: number | null }
  | { readonly url: string; readonly problem: string }
  | undefined;

/**
 * Estimates from a sample of sizes the total of all URLs in all variants, each once (undefined: nothing is known), the bytes of one check of
 * each, the smallest size, and how the bytes were found, as an estimate has it.
 * @param urlVariants URLs times variants, of which a sample was asked for
 */
export function sizeSample(seen: readonly SampledSize[], urlVariants: number) {
  // What cannot be read is not downloaded.
  const problems = seen.flatMap((it) => (it !== undefined && "problem" in it ? [it] : []));
  const byUrl = new Map(problems.map(({ url, problem }) => [url, problem]));
  const sizes = seen.flatMap((it) => (it !== undefined && "size" in it ? (it.size ?? []) : []));
  const known = [...sizes, ...problems.map(() => 0)];
  return {
    bytes: totalFrom(known, urlVariants),
    checkBytes: totalFrom(known.map(checkBytesOf), urlVariants)?.estimate ?? 0,
    smallest: sizes.length === 0 ? 0 : Math.min(...sizes),
    found: {
      sampled: seen.length,
      unknown: seen.length - known.length,
      unreadable: problems.length,
      unreadable_urls: byUrl.size === 0 ? undefined : [...byUrl].map(([url, error]) => ({ url, error })),
      first_problem: problems[0]?.problem ?? null,
      note: noteOn(known.length, seen.length, urlVariants),
    },
  };
}

function noteOn(known: number, sampled: number, urlVariants: number): string {
  if (urlVariants === 0) return "There is no URL to probe.";
  if (known === 0) return "No size could be probed within the time of this call.";
  if (known === urlVariants) return "Exact: every size was probed.";
  const others = sampled === urlVariants ? "the others could not be probed in time" : "sampled across the whole list";
  return `${known} of ${urlVariants} sizes are known, ${others}. low and high are the bounds of a 95% confidence interval; a few very large objects among many small ones may be missed.`;
}

/** A total that was estimated from some of its parts, and its 95% confidence interval. */
export interface Total {
  readonly estimate: number;
  readonly low: number;
  /** Null: too little is known for a bound. */
  readonly high: number | null;
}

/** Standard errors on each side of the mean that include 95 of 100 means of samples. */
const Z_95 = 1.96;

/**
 * The total of `count` numbers from a sample of them; exact if all are known. The interval is the normal one of the mean with the
 * correction for a finite population: https://en.wikipedia.org/wiki/Confidence_interval. If few numbers are much larger than the
 * others, the total is above `high` more often. What is known is never undercut.
 * @returns undefined: nothing is known
 */
export function totalFrom(known: readonly number[], count: number): Total | undefined {
  const n = known.length;
  if (n === 0) return count === 0 ? { estimate: 0, low: 0, high: 0 } : undefined;
  const sum = known.reduce((a, b) => a + b, 0);
  if (n >= count) return { estimate: sum, low: sum, high: sum };
  const mean = sum / n;
  const estimate = mean * count;
  if (n === 1) return { estimate, low: sum, high: null };
  const variance = known.reduce((squares, it) => squares + (it - mean) ** 2, 0) / (n - 1);
  const margin = count * Z_95 * Math.sqrt((variance / n) * (1 - n / count));
  return { estimate, low: Math.max(sum, estimate - margin), high: estimate + margin };
}

/** So many sizes are asked for before anything is done. */
export const MAX_SAMPLED = 100;

/**
 * Which of `count` things in a row are sampled, by their places: all, or one of each of {@link MAX_SAMPLED} stretches of the row, so that all
 * of it is seen. Where in its stretch is left to chance, so that nothing that repeats (variants, sizes of a playlist) is seen
 * always or never. The same row gives the same places.
 * @param seed what stands for the row
 */
export function samplePlaces(count: number, seed: string): number[] {
  if (count <= MAX_SAMPLED) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: MAX_SAMPLED }, (_, i) => {
    const from = Math.floor((i * count) / MAX_SAMPLED);
    const to = Math.floor(((i + 1) * count) / MAX_SAMPLED);
    return from + (fnv1a(`${seed} ${i}`) % (to - from));
  });
}
