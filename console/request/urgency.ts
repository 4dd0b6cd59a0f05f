import { type Readiness, tooManyLack } from "../../domain/readiness/verdict.ts";
import type { Failure, Progress } from "../api/answers.ts";

/** Reasons that viewers meet as well, wherever they are, until somebody mends them. What was not asked had failed at two POPs before. */
const MET_BY_VIEWERS = [
  "http_4xx",
  "http_5xx",
  "redirect",
  "tls",
  "too_large",
  "not_kept",
  "not_cacheable",
  "not_asked",
];
/** The first viewers at a few POPs may wait a little: the verdict's own bound is 5% of the POPs. */
const FEW = 0.05;

/** What is to be dealt with before the crowd comes. All else can wait. */
export interface Urgent {
  readonly failures: readonly Failure[];
  /** The tasks that were not tried, where there are such. */
  readonly untried: boolean;
  /** The POPs that did not resolve, where there are such. */
  readonly unresolved: boolean;
}

type Facts = Pick<Progress, "status" | "verdict" | "readiness" | "pop_count">;

/**
 * What viewers would meet, and whatever the verdict rests on: a request that is not ready has something that comes first. Where the
 * verdict lets the crowd come, nothing does.
 */
export function urgentOf(request: Facts, failures: readonly Failure[]): Urgent {
  const { status, verdict, readiness, pop_count } = request;
  if (verdict === "ready" || verdict === "ready_with_exceptions")
    return { failures: [], untried: false, unresolved: false };
  const untried = status === "STOPPED" || status === "TIMEOUT";
  const unresolved = readiness !== undefined && readiness.unresolved_pops > 0 && tooManyLack(readiness);
  const urgent = failures.filter(
    (it) => MET_BY_VIEWERS.includes(it.code) || it.pops > Math.max(1, pop_count * FEW) || mayBeWhy(it, readiness),
  );
  const isTold = urgent.length > 0 || untried || unresolved;
  return { untried, unresolved, failures: verdict === "not_ready" && !isTold ? failures : urgent };
}

/** Whether a reason has to do with what made the verdict, as far as its counts and examples tell. */
function mayBeWhy({ pops, examples }: Failure, readiness: Readiness | undefined): boolean {
  if (readiness === undefined) return false;
  const { cold_objects, cold_examples, lacking_examples } = readiness;
  // An object is cold at two POPs or more: for one reason, or for several.
  const isCold =
    cold_objects > 0 && (pops > 1 || examples.some(({ url }) => cold_examples.some((it) => it.url === url)));
  return isCold || (tooManyLack(readiness) && examples.some(({ pop }) => lacking_examples.includes(pop)));
}
