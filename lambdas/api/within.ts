import type { Count } from "../../domain/result/count.ts";

/** A number, kept between two others. */
export function within(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** What is seen of tasks, beside whether they are good. */
type SeenCount = Omit<Count, "download_count" | "download_size" | "failed_count">;

/**
 * How many tasks came to each outcome, and to what else is seen of them. Counters may count some twice for a while: what was
 * seen at the edge are good results, and what is not kept are bad ones.
 */
export function outcomesWithin(counted: SeenCount, done: number, failed: number): SeenCount {
  const { warm_count, hit_count, not_kept_count, uncompressed_count, rec_miss_count, size_changed_count } = counted;
  const warm = within(0, warm_count, done - failed);
  const hit = within(0, hit_count, done - failed - warm);
  return {
    warm_count: warm,
    hit_count: hit,
    not_kept_count: within(0, not_kept_count, failed),
    uncompressed_count: within(0, uncompressed_count, done - failed),
    rec_miss_count: within(0, rec_miss_count, done),
    no_age_count: within(0, counted.no_age_count, hit),
    age_constant_count: within(0, counted.age_constant_count, hit),
    origin_age_count: within(0, counted.origin_age_count, hit),
    size_changed_count: within(0, size_changed_count, done - failed),
  };
}
