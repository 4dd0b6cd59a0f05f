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
 * The time at which the answering REC stored the object, on the clock of `headAt`. Undefined: no header shows it. An origin, or an Origin
 * Shield, whose own `Age` goes on in the answer gives the same time at every REC, so it shows nothing.
 */
export function filledAt({ cache, tier, upstream, age, headAt }: Filled): number | undefined {
  if (tier === ORIGIN_SHIELD || upstream === ORIGIN_SHIELD) return undefined;
  if (cache === "HIT") return age === undefined ? undefined : headAt - age * 1_000;
  const isFetched = cache === "MISS" || cache === "REFRESH_HIT";
  return isFetched && (age ?? 0) === 0 ? headAt : undefined;
}

const ORIGIN_SHIELD = "Origin Shield";

/** @param leadFill the lead's, on the same clock; undefined: unknown */
export function sampleResult(sample: Filled, leadFill: number | undefined): SampleResult {
  if (sample.cache === "MISS" || sample.tier === ORIGIN_SHIELD) return "miss";
  const fill = sample.cache === "HIT" ? filledAt(sample) : undefined;
  return fill !== undefined && leadFill !== undefined && isSameFill(fill, leadFill) ? "hit" : "unclear";
}

export function isSameFill(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_FILL_MS;
}
