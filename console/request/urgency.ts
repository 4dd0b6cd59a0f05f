import type { Failure, Progress } from "../../client/answers.ts";
import { tooManyLack } from "../../domain/readiness/verdict.ts";
import type { Readiness } from "../../domain/request/readiness-schema.ts";

/** Reasons that viewers meet as well, wherever they are, until somebody mends them. What was not asked had failed at two POPs before. */
const MET_BY_VIEWERS = [
  "http_4xx",
  "http_5xx",
  "redirect",
  "tls",
  "generated",
  "error_page",
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
}

type Facts = Pick<Progress, "status" | "verdict" | "readiness" | "pop_count">;

/**
 * What viewers would meet, and whatever the verdict rests on: a request that is not ready has something that comes first. Where the
 * verdict lets the crowd come, nothing does.
 */
export function urgentOf(request: Facts, failures: readonly Failure[]): Urgent {
  const { status, verdict, readiness, pop_count } = request;
  if (verdict !== undefined && verdict !== "not_ready") return { failures: [], untried: false };
  const untried = status === "STOPPED" || status === "TIMEOUT";
  // A POP that did not resolve does not count: it can wait whatever the verdict is. A URL that could not be read is cold at every POP.
  const counted = failures.filter(({ subject }) => subject !== "pop");
  const urgent = counted.filter(
    (it) =>
      it.subject === "url" ||
      MET_BY_VIEWERS.includes(it.code) ||
      it.pops > Math.max(1, pop_count * FEW) ||
      mayBeWhy(it, readiness),
  );
  const isTold = urgent.length > 0 || untried;
  return { untried, failures: verdict === "not_ready" && !isTold ? counted : urgent };
}

/** Whether a reason has to do with what made the verdict, as far as its counts and examples tell. */
function mayBeWhy({ pops, examples }: Failure, readiness: Readiness | undefined): boolean {
  if (readiness === undefined) return false;
  const { cold_objects, cold_examples, lacking_examples } = readiness;
  // An object is cold at two POPs or more: for one reason, or for several.
  const isCold =
    cold_objects > 0 && (pops > 1 || examples.some(({ url }) => cold_examples.some((it) => it.url === url)));
  return (
    isCold ||
    (tooManyLack(readiness.lacking_pops, readiness.pops) &&
      examples.some(({ pop = "" }) => lacking_examples.includes(pop)))
  );
}
