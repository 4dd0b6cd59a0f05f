import { MAX_WHOLE_CHECK_BYTES } from "../limits.ts";
import { fnv1a } from "../plan/task.ts";

/** What one question for a size came to: bytes, `unknown`, or why the object cannot be read. */
export type SeenSize = number | "unknown" | { readonly problem: string };

/** What a sample of sizes says of all URLs in all variants, each downloaded once. */
export interface SizesSaid {
  /** Undefined: nothing is known. */
  readonly bytes: Spread | undefined;
  /** Bytes of the check that follows each download. */
  readonly checkBytes: number;
  readonly sampled: number;
  readonly unknown: number;
  readonly unreadable: number;
  readonly firstProblem: string | undefined;
}

/** @param forms URLs times variants, of which a sample was asked for */
export function sizesSaid(seen: readonly SeenSize[], forms: number): SizesSaid {
  // What cannot be read is not downloaded.
  const known = seen.flatMap((it) => (it === "unknown" ? [] : [typeof it === "number" ? it : 0]));
  const problems = seen.flatMap((it) => (typeof it === "object" ? [it.problem] : []));
  return {
    bytes: totalFrom(known, forms),
    checkBytes: totalFrom(known.map(checkBytesOf), forms)?.estimate ?? 0,
    sampled: seen.length,
    unknown: seen.filter((it) => it === "unknown").length,
    unreadable: problems.length,
    firstProblem: problems[0],
  };
}

/** What the proof of warmth reads of an object again: all of a small one, the first byte of another. */
export function checkBytesOf(bytes: number): number {
  return bytes <= MAX_WHOLE_CHECK_BYTES ? bytes : 1;
}

/** How the bytes were found, in a sentence. */
export function noteOn({ sampled, unknown, bytes }: SizesSaid, forms: number): string {
  if (forms === 0) return "Nothing to ask for.";
  if (bytes === undefined) return "No size could be read in the time of this answer.";
  const all = sampled === forms;
  if (all && unknown === 0) return "Exact: every size was asked for.";
  const told = `${sampled - unknown} of ${forms} sizes are known, ${all ? "the others told none in time" : "asked all over the list"}.`;
  return `${told} low and high are 99% bounds of Student's t, the upper one widened by the skewness; a few giants among very many small objects may be missed.`;
}

/** A total that was estimated from some of its parts. */
export interface Spread {
  readonly estimate: number;
  readonly low: number;
  /** Null: too little is known for a bound. */
  readonly high: number | null;
}

/**
 * The total of `count` numbers of which some are known. All of them: it is exact. Else it lies between low and high in about 95 of
 * 100 cases, as tried with even and with very uneven numbers; rare giants can be missed, and no sample tells of those.
 *
 * The bounds are those of Student's t for 99 of 100, with the correction for a finite number; the upper one is as much farther as the
 * sample is skewed, because a few large numbers make up much of an uneven total. What is known is never undercut.
 * @param known a sample without any known reason why its numbers are not like the others
 * @returns undefined: nothing is known
 */
export function totalFrom(known: readonly number[], count: number): Spread | undefined {
  const n = known.length;
  if (n === 0) return count === 0 ? { estimate: 0, low: 0, high: 0 } : undefined;
  const sum = known.reduce((a, b) => a + b, 0);
  if (n >= count) return { estimate: sum, low: sum, high: sum };
  const mean = sum / n;
  const estimate = mean * count;
  if (n === 1) return { estimate, low: sum, high: null };
  const { deviation, skewness } = shape(known, mean);
  const t = tOf(n - 1);
  const off = count * t * (deviation / Math.sqrt(n)) * Math.sqrt(1 - n / count);
  const farther = 1 + (2 * t * Math.max(0, skewness)) / (3 * Math.sqrt(n));
  return { estimate, low: Math.max(sum, estimate - off), high: estimate + off * farther };
}

/** Student's t for 99 of 100, near enough. */
function tOf(freedom: number): number {
  return 2.576 + 5 / freedom + 10 / freedom ** 2;
}

function shape(numbers: readonly number[], mean: number) {
  const n = numbers.length;
  const second = numbers.reduce((sum, it) => sum + (it - mean) ** 2, 0);
  const third = numbers.reduce((sum, it) => sum + (it - mean) ** 3, 0);
  const skewness = second === 0 ? 0 : third / n / (second / n) ** 1.5;
  return { deviation: Math.sqrt(second / (n - 1)), skewness };
}

/** The same for something that is `times` as much. */
export function scaled({ estimate, low, high }: Spread, times: number): Spread {
  return { estimate: estimate * times, low: low * times, high: high === null ? null : high * times };
}

/** So many sizes are asked for before anything is done. */
export const MOST_SAMPLED = 100;

/**
 * Which of `count` things in a row are looked at, by their places: all, or one of each of `most` stretches of the row, so that all
 * of it is seen. Where in its stretch is left to chance, so that nothing that repeats (variants, sizes of a playlist) is seen
 * always or never. The same row gives the same places.
 * @param seed what stands for the row
 */
export function placesToLookAt(count: number, seed: string, most = MOST_SAMPLED): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * count) / most);
    const to = Math.floor(((i + 1) * count) / most);
    return from + (fnv1a(`${seed} ${i}`) % (to - from));
  });
}
