import type { Observation } from "./proof.ts";

/**
 * Result of a sample: one GET at a POP, compared with what its lead saw. `hit`: a copy of the fill that the lead saw answered, so both POPs
 * have the same REC. `miss`: the REC of the POP did not have the object, or the POP asks the origin without a REC. `unclear`: another copy
 * answered, or one whose fill is unknown.
 */
export const SAMPLE_RESULTS = ["hit", "miss", "unclear"] as const;
export type SampleResult = (typeof SAMPLE_RESULTS)[number];

/** Why no sample connects a POP with the lead of its REC group. `no_sample`: there is no object that could show it. */
export const UNCONNECTED_REASONS = ["miss", "unclear", "failed", "no_sample"] as const;
export type UnconnectedReason = (typeof UNCONNECTED_REASONS)[number];

/** Whether the REC of a POP is shown to have every object, best first. `lead`: the POP requested all of them. */
export const POP_COVERAGES = ["lead", "covered", "not_covered"] as const;
export type PopCoverageKind = (typeof POP_COVERAGES)[number];

/** Most milliseconds between two estimates of one fill: `Age` is cut to whole seconds at each tier. */
export const SAME_FILL_MS = 2_000;
/**
 * Least milliseconds between the lead's fill and a sample. The first sample under another REC fills that REC: a second sample there is told
 * from the lead's fill by its `Age` alone.
 */
export const SAMPLE_DELAY_MS = 5_000;

/** What of an observation shows when a cache stored the object. */
type Filled = Pick<Observation, "cache" | "tier" | "upstream" | "age"> & {
  /** When the head of the answer came, in milliseconds. */
  readonly headAt: number;
};

/**
 * The time at which the REC above a lead stored the object, on the clock of `headAt`. Undefined: no header shows it. A fill before the
 * request began shows no REC: an earlier request may have filled several within seconds.
 * @param requestedAt when the request began, on the same clock; undefined: unknown
 */
export function leadFill(lead: Filled, requestedAt: number | undefined): number | undefined {
  if (isOfOriginShield(lead)) return undefined;
  const { cache, age, headAt } = lead;
  // An origin that sends its own `Age` gives all RECs the same time.
  if (cache === "MISS" || cache === "REFRESH_HIT") return age === undefined ? headAt : undefined;
  const fill = hitFill(lead);
  return fill !== undefined && requestedAt !== undefined && fill - SAME_FILL_MS >= requestedAt ? fill : undefined;
}

/** The time at which a cache stored the object of a hit, on the clock of `headAt`. Undefined: it is no hit, or no header shows it. */
export function hitFill(seen: Filled): number | undefined {
  const { cache, age, headAt } = seen;
  return cache === "HIT" && age !== undefined && !isOfOriginShield(seen) ? headAt - age * 1_000 : undefined;
}

/** All RECs have the `Age` of an Origin Shield. */
function isOfOriginShield({ tier, upstream }: Filled): boolean {
  return tier === ORIGIN_SHIELD || upstream === ORIGIN_SHIELD;
}

const ORIGIN_SHIELD = "Origin Shield";

/**
 * @param fill the lead's, on the same clock; undefined: unknown
 * @param originSendsAge whether the origin is known to send an `Age`: then a hit shows no REC
 */
export function sampleResult(sample: Filled, fill: number | undefined, originSendsAge: boolean): SampleResult {
  if (sample.cache === "MISS" || sample.tier === ORIGIN_SHIELD) return "miss";
  const seen = hitFill(sample);
  return seen !== undefined && fill !== undefined && !originSendsAge && isSameFill(seen, fill) ? "hit" : "unclear";
}

export function isSameFill(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_FILL_MS;
}
