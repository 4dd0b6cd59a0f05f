import * as z from "zod";
import type { TaskOutcome } from "./outcome.ts";
import type { HitWarning } from "./proof.ts";

const counter = z.number().default(0);

/** What the results of a request, or of one of its POPs, add up to. A counter that is absent is 0. */
export const countSchema = z.object({
  /** Tasks that have a result, good or bad. */
  download_count: counter,
  /** Bytes of the good ones, each object once. */
  download_size: counter,
  /** Bytes of all downloads, retries and checks, of good and bad results. */
  transferred_bytes: counter,
  /** Bad results. Those of `not_kept_count` are among them. */
  failed_count: counter,
  warm_count: counter,
  hit_count: counter,
  regional_count: counter,
  not_kept_count: counter,
  /** Good results that came uncompressed, though they were asked for compressed and are of a kind that CloudFront compresses. */
  uncompressed_count: counter,
  /** Hits by their warning, which the recount alone counts. They are among those of `hit_count`. */
  no_age_count: counter,
  age_constant_count: counter,
  origin_age_count: counter,
  /** Hits that lack nothing but their tier, and results of `regional` whose tier is not reported. Before the recount also hits that lack more. */
  no_tier_count: counter,
  /** Good results whose body has another size than Get Size saw. The recount alone counts them. */
  size_changed_count: counter,
});
export type Count = Readonly<z.infer<typeof countSchema>>;

/** A count while it is added up. */
export type Sum = z.infer<typeof countSchema>;

export const NO_COUNT: Count = countSchema.parse({});

const FIELDS = countSchema.keyof().options;

/** What of a result counts. One without an outcome counts for none. */
export interface Counted {
  readonly ok: boolean;
  readonly bytes: number;
  readonly transferred_bytes?: number | undefined;
  readonly outcome?: TaskOutcome | undefined;
  readonly tier?: string | undefined;
  readonly uncompressed?: boolean | undefined;
  readonly size_changed?: boolean | undefined;
  readonly warning?: HitWarning | undefined;
}

/** Adds a result to a sum, or takes it back. A failed one has no bytes of an object, and transferred some all the same. */
export function addResult(sum: Sum, result: Counted, sign: 1 | -1 = 1): void {
  const { ok, bytes, outcome, tier, uncompressed, size_changed, warning } = result;
  sum.download_count += sign;
  sum.transferred_bytes += sign * (result.transferred_bytes ?? 0);
  if (ok) sum.download_size += sign * bytes;
  else sum.failed_count += sign;
  if (outcome === "warm") sum.warm_count += sign;
  else if (outcome === "hit") sum.hit_count += sign;
  else if (outcome === "regional") sum.regional_count += sign;
  else if (outcome === "not_kept") sum.not_kept_count += sign;
  if (uncompressed === true) sum.uncompressed_count += sign;
  // A failed one has none, whatever an instance wrote.
  if (outcome === "hit" && warning !== undefined) sum[`${warning}_count`] += sign;
  if (tier === undefined && (outcome === "regional" || (outcome === "hit" && warning === undefined)))
    sum.no_tier_count += sign;
  if (size_changed === true) sum.size_changed_count += sign;
}

/** Adds a count to a sum, or takes it back. */
export function addCount(sum: Sum, count: Count, sign: 1 | -1 = 1): void {
  for (const field of FIELDS) sum[field] += sign * count[field];
}

/** One count less another. */
export function minus(one: Count, other: Count): Count {
  const sum = { ...one };
  addCount(sum, other, -1);
  return sum;
}

export function isNothing(count: Count): boolean {
  return FIELDS.every((field) => count[field] === 0);
}
