import { fnv1a } from "../plan/fnv1a.ts";

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
