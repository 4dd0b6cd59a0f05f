import { MAX_WHOLE_CHECK_BYTES } from "../request/limits.ts";
import { type Spread, totalFrom } from "./spread.ts";

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
