import { type Count, NO_COUNT } from "../../domain/result/count.ts";
import type { Counters } from "./addition.ts";

/**
 * Counters of a POP are named by its place: `c7` (results), `b7` (bytes), `f7` (failures), and of the outcomes `w7`, `h7`,
 * `n7`; `m7` are misses at its REC. Long names would be billed, and so would zeros: they are not written.
 */
const POP_COUNTERS = [
  ["c", "download_count"],
  ["b", "download_size"],
  ["f", "failed_count"],
  ["w", "warm_count"],
  ["h", "hit_count"],
  ["n", "not_kept_count"],
  ["m", "rec_miss_count"],
] as const;
const FIELD_OF: ReadonlyMap<string, keyof Count> = new Map(POP_COUNTERS);

/** What is added of a block's POPs, by their places. */
export function popCountersOf(places: ReadonlyMap<number, Count>): Counters {
  const counters: Record<string, number> = {};
  for (const [place, count] of places)
    for (const [letter, field] of POP_COUNTERS) counters[`${letter}${place}`] = count[field];
  return counters;
}

/** Adds what an item, a stripe of a block, has counted to the sums by place. */
export function addPopCounters(sums: Map<number, Count>, item: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(item)) {
    const [, letter = "", place] = /^([a-z])(\d+)$/.exec(name) ?? [];
    const field = FIELD_OF.get(letter);
    if (field === undefined || typeof value !== "number") continue;
    const sum = sums.get(Number(place)) ?? NO_COUNT;
    sums.set(Number(place), { ...sum, [field]: sum[field] + value });
  }
}
