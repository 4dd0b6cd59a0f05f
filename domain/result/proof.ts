import { isHit } from "./outcome.ts";

/** The class of an answer's `x-cache`. `OTHER`: an Error, or a value that nobody documents. */
export type CacheStatus = "HIT" | "REFRESH_HIT" | "MISS" | "OTHER";

/** What one request for an object showed, at one address of a POP. */
export interface Observation {
  /** `download`: the whole object. `check`: the object again, to see which cache has it. */
  readonly kind: "download" | "check";
  /** Absent: the answer has no `x-cache`, or the check had no good answer. Such a check shows nothing. */
  readonly cache?: CacheStatus | undefined;
  /** The tier that Server-Timing reports for a hit: `EDGE`, `REC` or `Origin Shield`. */
  readonly tier?: string | undefined;
  /** The tier that Server-Timing names as the one that asked the origin. */
  readonly upstream?: string | undefined;
  /** Seconds. Absent: no `Age`, or one that is no whole number of seconds. */
  readonly age?: number | undefined;
  /** When the request was sent, in milliseconds of a clock that never goes back. */
  readonly startedAt: number;
  /** When its answer had ended. */
  readonly endedAt: number;
}

/** Why a task is a `hit` and not `warm` where the tier was not the reason. */
export const HIT_WARNINGS = ["no_age", "age_constant", "origin_age"] as const;
export type HitWarning = (typeof HIT_WARNINGS)[number];

/** Why a task is `not_kept`. */
export type NotKeptReason = "NO_HIT" | "EXPIRES_AT_ONCE" | "REC_ONLY";

/** What comes next at an address: another request, or what is said of the object there. */
export type ProofStep =
  | { readonly next: "download" }
  | {
      readonly next: "check";
      /** When it may be sent at the earliest, by the clock of the observations. */
      readonly earliestAt: number;
      /** Whether it waits until this process has no other request for the object in progress. */
      readonly alone: boolean;
    }
  | { readonly outcome: "warm" | "done" }
  | { readonly outcome: "hit"; readonly warning?: HitWarning }
  /** The checks after the last download showed nothing. */
  | { readonly outcome: "failed" }
  | { readonly outcome: "not_kept"; readonly reason: NotKeptReason };

/** How often an object is downloaded whole at one address. */
export const MAX_DOWNLOADS = 2;
/** What is kept has grown a second older after this time, although `Age` is cut to whole seconds. */
export const MIN_GROWTH_MS = 1_100;
/** Ages are cut to whole seconds at each tier, so a growth may look so much larger than it was. */
const ROUNDING_SECONDS = 1;
/** So often a check that showed nothing is sent again at one address: a lost request says nothing of a cache. */
const MAX_REPEATS = 2;
/** So many hits without growth, after one download, are enough to say that `Age` does not grow. */
const MAX_HITS_WITHOUT_GROWTH = 3;

/**
 * The decision table for proofs: what follows from the requests that were sent to one address so far, in their order. D is the last
 * download, C and C2 are the checks after it. CloudFront collapses concurrent requests for the same object (request collapsing); a
 * collapsed response reads `Hit` although nothing may be kept, and an `Age` in it is the origin's. So `Age` must grow. {@link grew} says
 * what counts as growth.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes
 *
 * | observed                                                | next                                                   |
 * | ------------------------------------------------------- | ------------------------------------------------------ |
 * | nothing                                                 | D                                                      |
 * | D without `x-cache`                                     | `done`                                                 |
 * | any other D, also a Hit of EDGE with an `Age`           | C [3]                                                  |
 * | C is a Hit of a tier other than EDGE                    | D again, then `not_kept` if it grew, or C2 is such too |
 * | C is a Hit, grew(D, C), the origin sends an `Age`       | `hit` with `origin_age` [1]                            |
 * | C is a Hit, grew(D, C), EDGE                            | `warm`                                                 |
 * | C is a Hit, grew(D, C), tier not reported               | `hit`                                                  |
 * | C is a Hit without growth                               | C2, alone; evaluate (C, C2)                            |
 * | C and C2 are Hits without `Age`                         | `hit` with `no_age`                                    |
 * | C and C2 are Hits of the same `Age`                     | `hit` with `age_constant`                              |
 * | C and C2 are Hits, `Age` decreases or jumps [2]         | C3, alone; evaluate (C2, C3), then as `age_constant`   |
 * | C is a RefreshHit                                       | C2                                                     |
 * | C and C2 are RefreshHits                                | `not_kept`                                             |
 * | a second RefreshHit after D, with a Hit just before it  | `hit` with a warning as in [4]                         |
 * | C has 200 or 206; `x-cache` is Miss, Error or unknown   | D again, then `not_kept`                               |
 * | C has no good answer, or no `x-cache`: it shows nothing | the same check again, twice at an address; then as [4] |
 *
 * [1] An origin behind a cache of its own sends an `Age` that grows by itself. An edge that keeps the object, and one that keeps
 * nothing and collapses requests, then send the same headers: no table can tell them apart. [2] Another cache server of the POP
 * answered, or the object was fetched anew. [3] A single `Age` proves nothing: it may be the origin's, in a collapsed response. What other
 * objects of the host have shown does not help, because a distribution may have several origins. [4] If a Hit was seen since D, `hit`
 * with `no_age`, or with `age_constant` if it had an `Age`; of another tier, `not_kept`. If none was, D again, then `failed`: nobody has
 * seen that the object is not kept. If the second D fails, the caller ends the proof as `failed` as well.
 *
 * A proof ends: it has at most 2 downloads, at most 5 checks after each of them that show something, and at most 4 checks in all that show
 * nothing. That makes 16 requests.
 *
 * docs/adr/0009 has the reasons. test/domain/result/proof-model.test.ts holds the table against a model of an edge.
 * @param originSendsAge whether a Miss of the host carried an `Age`, as far as this process has seen
 */
export function nextStep(history: readonly Observation[], originSendsAge: boolean): ProofStep {
  const last = history.at(-1);
  if (last === undefined) return DOWNLOAD;
  if (last.kind === "check") {
    const shown = history.filter(({ kind, cache }) => kind === "download" || cache !== undefined);
    return last.cache === undefined
      ? afterNothing(history, shown, originSendsAge)
      : afterCheck(shown, last, originSendsAge);
  }
  return last.cache === undefined && history.length === 1 ? { outcome: "done" } : checkAfter(last);
}

/** After a check that showed nothing. @param shown the requests that showed something */
function afterNothing(
  history: readonly Observation[],
  shown: readonly Observation[],
  originSendsAge: boolean,
): ProofStep {
  if (history.length - shown.length <= MAX_REPEATS) {
    const step = nextStep(shown, originSendsAge);
    const earliestAt = (history.at(-1)?.endedAt ?? 0) + MIN_GROWTH_MS;
    return "next" in step && step.next === "check" ? { ...step, earliestAt } : step;
  }
  const hit = shown.slice(lastDownload(shown) + 1).findLast(({ cache }) => cache === "HIT");
  if (hit !== undefined) return hitWithoutGrowth([hit]);
  return downloadsIn(shown) >= MAX_DOWNLOADS ? { outcome: "failed" } : DOWNLOAD;
}

function lastDownload(history: readonly Observation[]): number {
  return history.findLastIndex(({ kind }) => kind === "download");
}

function afterCheck(history: readonly Observation[], last: Observation, originSendsAge: boolean): ProofStep {
  const start = lastDownload(history);
  const since = history.slice(start, -1);
  const checks = history.slice(start + 1);
  const isLastDownload = downloadsIn(history) >= MAX_DOWNLOADS;
  if (last.cache === "REFRESH_HIT") return afterRefreshHit(checks, last);
  if (last.cache !== "HIT") return isLastDownload ? NO_HIT : DOWNLOAD;
  // The edge says itself that the POP does not have it.
  if (isElsewhere(last) && !isLastDownload) return DOWNLOAD;
  if (since.some((before) => grew(before, last))) return afterGrowth(last, originSendsAge);
  return afterHitWithoutGrowth(since.at(-1), last, countOf(checks, "HIT"));
}

function afterRefreshHit(checks: readonly Observation[], last: Observation): ProofStep {
  const before = checks.at(-2);
  if (before === undefined || countOf(checks, "REFRESH_HIT") < 2) return checkAfter(last);
  // After a Hit, it did not expire at once.
  return before.cache === "HIT" ? hitWithoutGrowth([before]) : EXPIRES_AT_ONCE;
}

function afterGrowth(last: Observation, originSendsAge: boolean): ProofStep {
  if (isElsewhere(last)) return REC_ONLY;
  if (originSendsAge) return { outcome: "hit", warning: "origin_age" };
  return { outcome: isOfEdge(last) ? "warm" : "hit" };
}

function afterHitWithoutGrowth(before: Observation | undefined, last: Observation, hits: number): ProofStep {
  if (before?.kind !== "check" || before.cache !== "HIT") return checkAfter(last, true);
  if (ageOf(before) === ageOf(last) || isElsewhere(last) || hits >= MAX_HITS_WITHOUT_GROWTH)
    return hitWithoutGrowth([before, last]);
  return checkAfter(last, true);
}

/** What Hits say that prove nothing: the POP served the object, unless the edge names another tier. @param hits the last one at the end */
function hitWithoutGrowth(hits: readonly Observation[]): ProofStep {
  const last = hits.at(-1);
  if (last !== undefined && isElsewhere(last)) return REC_ONLY;
  return { outcome: "hit", warning: hits.every(({ age }) => age === undefined) ? "no_age" : "age_constant" };
}

/**
 * Whether y shows that what x saw, or what it left, was kept since: y was requested at least 1.1 s after x ended, and is at least a
 * second older. An `Age` that jumps further than time has passed is another copy's, or one that the edge sends in every hit: it has to
 * grow by itself. x is any request since the download, because each may have reached another cache server of the POP.
 */
function grew(x: Observation, y: Observation): boolean {
  const growth = ageOf(y) - ageOf(x);
  const passed = (y.endedAt - x.startedAt) / 1_000;
  return y.startedAt >= x.endedAt + MIN_GROWTH_MS && growth >= 1 && growth <= passed + ROUNDING_SECONDS;
}

function ageOf({ age = 0 }: Observation): number {
  return age;
}

/** An answer that also names who asked the origin was not served from a cache: so its tier counts as not reported. */
function isOfEdge({ tier, upstream }: Observation): boolean {
  return tier === "EDGE" && upstream === undefined;
}

function isElsewhere({ tier }: Observation): boolean {
  return tier !== undefined && tier !== "EDGE";
}

const DOWNLOAD: ProofStep = { next: "download" };
const NO_HIT: ProofStep = { outcome: "not_kept", reason: "NO_HIT" };
const EXPIRES_AT_ONCE: ProofStep = { outcome: "not_kept", reason: "EXPIRES_AT_ONCE" };
const REC_ONLY: ProofStep = { outcome: "not_kept", reason: "REC_ONLY" };

function checkAfter({ endedAt }: Observation, alone = false): ProofStep {
  return { next: "check", earliestAt: endedAt + MIN_GROWTH_MS, alone };
}

function countOf(checks: readonly Observation[], status: CacheStatus): number {
  return checks.filter(({ cache }) => cache === status).length;
}

/** How often the object was downloaded whole. */
export function downloadsIn(history: readonly Pick<Observation, "kind">[]): number {
  return history.filter(({ kind }) => kind === "download").length;
}

/** The class of an `x-cache` header. An Error that is kept is no hit. */
export function cacheStatusOf(xCache: string | undefined): CacheStatus | undefined {
  if (xCache === undefined) return undefined;
  if (isHit({ xCache })) return "HIT";
  if (/^refreshhit\b/i.test(xCache)) return "REFRESH_HIT";
  return /^miss\b/i.test(xCache) ? "MISS" : "OTHER";
}

/** An `Age` header in seconds; undefined: it is absent, or no whole number of seconds (RFC 9111, 5.1). */
export function parseAge(age: string | undefined): number | undefined {
  const seconds = age !== undefined && /^\d+$/.test(age) ? Number(age) : Number.NaN;
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}
