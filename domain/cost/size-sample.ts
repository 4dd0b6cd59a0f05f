import { fnv1a } from "../plan/task.ts";
import { checkBytesOf } from "../result/task-traffic.ts";
import type { ObjectSizes } from "./edge-traffic.ts";
import type { Estimate } from "./estimate.ts";

/** Result of a size probe: bytes, or why a URL cannot be read. Null or undefined: neither is known. */
export type SampledSize =
  | { readonly size: number | null }
  | { readonly url: string; readonly problem: string }
  | undefined;

interface SizeSample {
  /** Zero bytes if no size is known. */
  readonly objects: ObjectSizes;
  /** Whether any size is known, or there is no object. */
  readonly isKnown: boolean;
  /** How the sizes were found. */
  readonly found: Omit<Estimate["bytes"], "estimate">;
}

/**
 * Estimates the sizes of all URLs in all variants by the mean of a sample. What cannot be read is not downloaded, so it counts as zero bytes.
 * @param count URLs times variants
 */
export function sizeSample(seen: readonly SampledSize[], count: number): SizeSample {
  const problems = seen.flatMap((it) => (it !== undefined && "problem" in it ? [it] : []));
  const byUrl = new Map(problems.map(({ url, problem }) => [url, problem]));
  const sizes = seen.flatMap((it) => (it !== undefined && "size" in it ? (it.size ?? []) : []));
  const known = sizes.length + problems.length;
  const total = (of: readonly number[]) => (of.reduce((sum, it) => sum + it, 0) / Math.max(1, known)) * count;
  return {
    objects: {
      count,
      bytes: total(sizes),
      checkBytes: total(sizes.map(checkBytesOf)),
      smallest: sizes.length === 0 ? 0 : Math.min(...sizes),
    },
    isKnown: known > 0 || count === 0,
    found: {
      sampled: seen.length,
      unknown: seen.length - known,
      unreadable: problems.length,
      unreadable_urls: byUrl.size === 0 ? undefined : [...byUrl].map(([url, error]) => ({ url, error })),
    },
  };
}

/** Most sizes that are probed for an estimate. */
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
