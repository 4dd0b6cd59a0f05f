import type { Outcome } from "./outcome.ts";
import type { HitWarning } from "./proof.ts";

/** What the results of a request, or of one of its POPs, add up to. */
export interface Count {
  /** Tasks that have a result, good or bad. */
  readonly download_count: number;
  /** Bytes of the good ones. */
  readonly download_size: number;
  /** Bad results. Those of `not_kept_count` are among them. */
  readonly failed_count: number;
  readonly warm_count: number;
  readonly hit_count: number;
  readonly not_kept_count: number;
  /** Good results that came uncompressed, though they were asked for compressed and are of a kind that CloudFront compresses. */
  readonly uncompressed_count: number;
  /** Results of followers that the origin was asked for, though the POP before them at their REC had the object. */
  readonly rec_miss_count: number;
  /** Hits by their warning. They are among those of `hit_count`. */
  readonly no_age_count: number;
  readonly age_constant_count: number;
  readonly origin_age_count: number;
  /** Good results whose body has another size than Get Size saw. */
  readonly size_changed_count: number;
}

/** A count while it is added up. */
export type Sum = { -readonly [Field in keyof Count]: Count[Field] };

export const NO_COUNT: Count = {
  download_count: 0,
  download_size: 0,
  failed_count: 0,
  warm_count: 0,
  hit_count: 0,
  not_kept_count: 0,
  uncompressed_count: 0,
  rec_miss_count: 0,
  no_age_count: 0,
  age_constant_count: 0,
  origin_age_count: 0,
  size_changed_count: 0,
};

const FIELDS = Object.keys(NO_COUNT).filter((name): name is keyof Count => Object.hasOwn(NO_COUNT, name));

/** What of a result counts. A result of an older agent has no outcome, and then none is counted. */
export interface Counted {
  readonly ok: boolean;
  readonly bytes: number;
  readonly outcome?: Outcome | undefined;
  readonly uncompressed?: boolean | undefined;
  readonly rec_miss?: boolean | undefined;
  readonly size_changed?: boolean | undefined;
  readonly warning?: HitWarning | undefined;
}

/** Adds a result to a sum, or takes it back. A failed one has no bytes that count. */
export function addResult(sum: Sum, result: Counted, sign: 1 | -1 = 1): void {
  const { ok, bytes, outcome, uncompressed, rec_miss, size_changed, warning } = result;
  sum.download_count += sign;
  if (ok) sum.download_size += sign * bytes;
  else sum.failed_count += sign;
  if (outcome === "warm") sum.warm_count += sign;
  else if (outcome === "hit") sum.hit_count += sign;
  else if (outcome === "not_kept") sum.not_kept_count += sign;
  if (uncompressed === true) sum.uncompressed_count += sign;
  if (rec_miss === true) sum.rec_miss_count += sign;
  // A failed one has none, whatever an instance wrote.
  if (outcome === "hit" && warning !== undefined) sum[`${warning}_count`] += sign;
  if (size_changed === true) sum.size_changed_count += sign;
}

/** Adds a count to a sum, or takes it back. */
export function addCount(sum: Sum, count: Count, sign: 1 | -1 = 1): void {
  for (const field of FIELDS) sum[field] += sign * count[field];
}

/** One count and another. */
export function plus(one: Count, other: Count): Count {
  const sum = { ...one };
  addCount(sum, other);
  return sum;
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
