import type { Status } from "../request/lifecycle.ts";
import type { Readiness, Verdict } from "../request/readiness-schema.ts";
import type { Count } from "../result/count.ts";

/** So many POPs are named: what is stored of an item is bounded. */
const MAX_POPS = 20;

/** What one POP that resolved should have and lacks. */
export interface PopCoverage {
  readonly pop: string;
  /** Its tasks. */
  readonly tasks: number;
  /** Those of them that are not good. */
  readonly lacking: number;
  /** Those of these whose objects are good at no POP of the REC. */
  readonly cold: number;
  /** Objects that it should have, and that could not be read. They are no tasks. */
  readonly unreadable: number;
}

/** Where the objects of a request are good, and where not. */
export interface Coverage
  extends Pick<
    Readiness,
    "cold_objects" | "cold_unreadable" | "cold_examples" | "cold_recs" | "edge_tasks" | "urls" | "unreadable_urls"
  > {
  /** The POPs that resolved. */
  readonly byPop: readonly PopCoverage[];
  /** The POPs that did not, under some distribution. */
  readonly unresolved: readonly string[];
  /** Those of them of which a resolver did not answer. */
  readonly unanswered: readonly string[];
}

/** A POP lacks much beyond this share of its tasks, and a request beyond this share of such POPs. */
const LACKING_SHARE = 0.01;
const LACKING_POPS_SHARE = 0.05;

/** What a recount adds up besides the coverage, as far as the verdict rests on it. */
interface Counted {
  /** How many reasons failed tasks have. */
  readonly reasons: number;
  /** Tasks whose object only the REC is shown to keep, although the request is for POPs. */
  readonly regional: number;
  /** Tasks whose tier is not reported. */
  readonly noTier: number;
  /** Of a request with the scope `regional`. */
  readonly regionalFacts?: Readiness["regional"];
}

export function readinessOf(coverage: Coverage, { reasons, regional, noTier, regionalFacts }: Counted): Readiness {
  const { byPop, unresolved, unanswered, ...covered } = coverage;
  const lacking = byPop
    .filter((it) => lacksMuch(it, lackOf(it)))
    .toSorted((a, b) => Number(lacksOthers(b)) - Number(lacksOthers(a)) || lackOf(b) - lackOf(a));
  return {
    ...covered,
    lacking_pops: lacking.length,
    lacking_other_pops: byPop.filter(lacksOthers).length,
    lacking_examples: lacking.slice(0, MAX_POPS).map(({ pop }) => pop),
    pops: byPop.length,
    unresolved_pops: unresolved.length,
    unresolved_examples: unresolved.slice(0, MAX_POPS),
    unanswered_pops: unanswered.length,
    regional_tasks: regional === 0 ? undefined : regional,
    no_tier_tasks: noTier === 0 ? undefined : noTier,
    regional: regionalFacts,
    exceptions:
      reasons +
      (regional > 0 ? 1 : 0) +
      ((covered.edge_tasks ?? 0) > 0 ? 1 : 0) +
      ((regionalFacts?.not_covered_pops ?? 0) > 0 ? 1 : 0) +
      (covered.unreadable_urls > 0 ? 1 : 0) +
      (unresolved.length > 0 ? 1 : 0),
  };
}

/** Whether so many of its objects are more than a POP may lack. */
function lacksMuch({ tasks, unreadable }: PopCoverage, lack: number): boolean {
  return lack > (tasks + unreadable) * LACKING_SHARE;
}

/** Whether a POP lacks much besides what is cold for its whole REC or could not be read, which is reported apart. */
function lacksOthers(coverage: PopCoverage): boolean {
  return lacksMuch(coverage, coverage.lacking - coverage.cold);
}

function lackOf({ lacking, unreadable }: PopCoverage): number {
  return lacking + unreadable;
}

/**
 * @param status in which the request ended. A percentage is no verdict: see {@link VERDICTS}
 */
export function verdictOf(
  status: string,
  readiness: Readiness,
  { download_count, failed_count, warm_count, hit_count, regional_count }: Count,
): Verdict {
  const { cold_objects, exceptions, lacking_pops, pops } = readiness;
  if (status !== "FINISHED" || cold_objects > 0 || tooManyLack(lacking_pops, pops)) return "not_ready";
  // There are downloads, and nothing shows of any that a cache has it.
  if (download_count > failed_count && warm_count + hit_count + regional_count === 0) return "not_verified";
  return exceptions > 0 ? "ready_with_exceptions" : "ready";
}

/** Whether so many POPs lack much that the request is not ready. */
export function tooManyLack(lackingPops: number, pops: number): boolean {
  return lackingPops > pops * LACKING_POPS_SHARE;
}

/** What GET /prewarm says of a request that has ended, as far as a retry needs it. */
interface EndedRequestCounts {
  readonly status: Status;
  readonly total_count: number;
  readonly failed_count: number;
  /** Undefined: not known. */
  readonly readiness?: Readiness | undefined;
}

/**
 * Whether every task is good and all that is lacking are POPs whose names do not exist. Retrying will not help: it leaves them out.
 * After a resolver that did not answer, it may not.
 */
export function lacksOnlyPops({ status, total_count, failed_count, readiness }: EndedRequestCounts): boolean {
  if (status !== "FINISHED" || total_count === 0 || failed_count > 0 || readiness === undefined) return false;
  const { unreadable_urls, unresolved_pops, unanswered_pops, regional_tasks = 0, edge_tasks = 0 } = readiness;
  return regional_tasks + edge_tasks === 0 && unreadable_urls === 0 && unresolved_pops > 0 && unanswered_pops === 0;
}
