import type { Count } from "../../domain/result/count.ts";

/** A number, kept between two others. */
export function within(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/**
 * How many tasks came to each outcome. Counters may count some twice for a while: what was seen at the edge are good
 * results, and what is not kept are bad ones.
 */
export function outcomesWithin(
  { warm_count, hit_count, not_kept_count }: Count,
  done: number,
  failed: number,
): Pick<Count, "warm_count" | "hit_count" | "not_kept_count"> {
  const warm = within(0, warm_count, done - failed);
  return {
    warm_count: warm,
    hit_count: within(0, hit_count, done - failed - warm),
    not_kept_count: within(0, not_kept_count, failed),
  };
}
