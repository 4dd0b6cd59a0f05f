import { type Downloads, maxDownloads, type Scope } from "./downloads.ts";
import type { Verify } from "./outcome.ts";

/**
 * Class of an answer's `x-cache`. `ERROR`: also LimitExceeded and CapacityExceeded. `GENERATED`: a function at the edge answered. `OTHER`: a
 * value that nobody documents.
 */
export type CacheStatus = "HIT" | "REFRESH_HIT" | "MISS" | "ERROR" | "REDIRECT" | "GENERATED" | "OTHER";

/** First words of an `x-cache` value. Other caches append theirs: `Miss from cloudfront, HIT, HIT`. */
const CACHE_STATUSES: readonly (readonly [RegExp, CacheStatus])[] = [
  [/^hit\b/i, "HIT"],
  [/^miss\b/i, "MISS"],
  [/^refreshhit\b/i, "REFRESH_HIT"],
  [/^(?:error|limitexceeded|capacityexceeded)\b/i, "ERROR"],
  [/^redirect\b/i, "REDIRECT"],
  [/^(?:function|lambda)generatedresponse\b/i, "GENERATED"],
];

/** One request for an object at a POP, and what its answer showed. */
export interface Observation {
  /** `download`: the whole object. `check`: the object again, to see which cache has it. */
  readonly kind: "download" | "check";
  /** Absent: the answer has no `x-cache`, or the check had no good answer. Such a check shows nothing. */
  readonly cache?: CacheStatus | undefined;
  /** Tier that Server-Timing reports for a hit: `EDGE`, `REC` or `Origin Shield`. */
  readonly tier?: string | undefined;
  /** Tier that Server-Timing names as the one that asked the origin. */
  readonly upstream?: string | undefined;
  /** Seconds. Absent: no `Age`, or one that is no whole number of seconds. */
  readonly age?: number | undefined;
  /** When the request was sent, in milliseconds of a clock that never goes back. */
  readonly startedAt: number;
  /** When its answer had ended. */
  readonly endedAt: number;
}

/** Why a task is a `hit` and not `warm`, or is `regional` without proof, where the tier was not the reason. */
export const HIT_WARNINGS = ["no_age", "age_constant", "origin_age"] as const;
export type HitWarning = (typeof HIT_WARNINGS)[number];

/** Why a task is `not_kept`. */
export type NotKeptReason = "NO_HIT" | "EXPIRES_AT_ONCE";

/** Settings of a task, and facts from outside its own requests. */
export interface ProofFacts {
  /** Whole downloads before the check. `auto`: two, or one if the POP has the object already. */
  readonly downloads: Downloads;
  readonly scope: Scope;
  readonly verify: Verify;
  /** Whole downloads in earlier messages. */
  readonly downloadsDone: number;
  /** Whether a Miss of the host carried an `Age`, as far as this process has seen. */
  readonly originSendsAge: boolean;
}

/** The next request, or the outcome. */
export type ProofStep = ProofRequest | ProofOutcome;

export type ProofRequest =
  | {
      readonly next: "download";
      /** When it may be sent at the earliest, by the clock of the observations. */
      readonly earliestAt: number;
      /** Whether it is a check if its head reports the tier EDGE: then it is recorded as one, and a large body is left. */
      readonly countsAsCheckOnEdgeHit: boolean;
    }
  | {
      readonly next: "check";
      readonly earliestAt: number;
      /** Whether it waits until this process has no other request for the object in progress. */
      readonly alone: boolean;
    };

export type ProofOutcome =
  | { readonly outcome: "warm" | "done" }
  | { readonly outcome: "hit" | "regional"; readonly warning?: HitWarning }
  /** The checks after the last download showed nothing. */
  | { readonly outcome: "failed" }
  | { readonly outcome: "not_kept"; readonly reason: NotKeptReason };

/** Time after which a kept object has grown a second older, although `Age` is cut to whole seconds. */
export const MIN_GROWTH_MS = 1_100;
/** Ages are cut to whole seconds at each tier, so a growth may look so much larger than it was. */
const ROUNDING_SECONDS = 1;
/** Repeats of a check that showed nothing: a lost request says nothing of a cache. */
const MAX_REPEATS = 2;
/** Hits without growth, after one download, that are enough to say that `Age` does not grow. */
const MAX_HITS_WITHOUT_GROWTH = 3;

/**
 * Decides what follows from the requests that were sent for an object at a POP so far, in their order. In the published recordings of the
 * live edge, a POP keeps an object from its second whole GET on: the first fills the regional edge cache (REC), the second is a Hit of the
 * REC, and the third a Hit of EDGE. So an object is downloaded twice, unless the first answer comes from EDGE. D and D2 are the downloads,
 * C and C2 the checks after the last one. `n` is the number of downloads, `max` the most that the settings allow: two, or one with
 * `downloads: 1` or `scope: regional`. Each request but the first starts 1.1 s after the end of the one before.
 *
 * CloudFront collapses concurrent requests for the same object (request collapsing); a collapsed response reads `Hit` although nothing may be
 * kept, and an `Age` in it is the origin's. So `Age` must grow: {@link grew}.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes
 *
 * | observed                                                | next                                                    |
 * | ------------------------------------------------------- | ------------------------------------------------------- |
 * | nothing                                                 | D                                                       |
 * | D without `x-cache`                                     | `done`                                                  |
 * | `verify: off`: D, and n < 2 with `downloads` auto or 2  | D2; else `done`                                         |
 * | `auto`: D is a Hit of EDGE                              | C                                                       |
 * | D, n < max                                              | D2; with `auto`, D2 is C if its head reports EDGE       |
 * | any other D                                             | C                                                       |
 * | C is a Hit, not of EDGE, n < max                        | D2                                                      |
 * | C is a Hit of EDGE, grew(C)                             | `warm`; with `scope: regional` `regional`, see [3]      |
 * | C is a Hit of another tier, grew(C)                     | `regional`                                              |
 * | C is a Hit, grew(C), tier not reported                  | `hit`; `regional` if max is 1                           |
 * | the same three, and the origin sends an `Age`           | the same with `origin_age`, `hit` for `warm` [1]        |
 * | C is a Hit without growth                               | C2, alone; evaluate (C, C2)                             |
 * | C and C2 are Hits without `Age`                         | `hit` or `regional`, with `no_age`                      |
 * | C and C2 are Hits of the same `Age`                     | the same with `age_constant`                            |
 * | C and C2 are Hits, `Age` decreases or jumps [2]         | C3, alone; evaluate (C2, C3), then as `age_constant`    |
 * | C is a RefreshHit                                       | C2                                                      |
 * | C and C2 are RefreshHits                                | `not_kept`                                              |
 * | a second RefreshHit after D, with a Hit just before it  | as Hits of the same `Age`                               |
 * | C has 200 or 206; `x-cache` is Miss, Error or unknown   | D2 if n < max, else `not_kept`                          |
 * | C has no good answer, or no `x-cache`: it shows nothing | the same check again, twice at a POP; then as [4]       |
 *
 * [1] An origin behind a cache of its own sends an `Age` that grows by itself. An edge that keeps the object, and one that keeps
 * nothing and collapses requests, then send the same headers: no table can tell them apart. [2] Another cache server of the POP
 * answered, or the object was fetched anew. [3] A Hit of EDGE shows that the REC has the object only if D went through it: if D was a Hit
 * of EDGE, or names no REC, the outcome is `warm`, and nothing is known of the REC. [4] If a Hit was seen since D, as Hits without growth. If none was, D2
 * if n < max, then `failed`: nobody has seen that the object is not kept.
 *
 * A proof ends: it has at most 2 downloads, at most 5 checks after each of them that show something, and at most 4 checks in all that show
 * nothing. That makes 16 requests.
 *
 * docs/adr/0009 has the reasons. test/domain/result/proof-model.test.ts holds the table against a model of an edge.
 */
export function nextStep(history: readonly Observation[], facts: ProofFacts): ProofStep {
  const last = history.at(-1);
  if (last === undefined)
    return {
      next: "download",
      earliestAt: 0,
      countsAsCheckOnEdgeHit: facts.downloadsDone > 0 && countsAsCheckOnEdgeHit([], facts),
    };
  if (last.kind === "download") return afterDownload(history, last, facts);
  const shown = history.filter(({ kind, cache }) => kind === "download" || cache !== undefined);
  return last.cache === undefined ? afterNothing(history, shown, facts) : afterCheck(shown, last, facts);
}

function afterDownload(history: readonly Observation[], last: Observation, facts: ProofFacts): ProofStep {
  const { verify, downloads } = facts;
  if (last.cache === undefined && downloadsIn(history) === 1) return { outcome: "done" };
  const isLast = downloadCount(history, facts) >= maxDownloads(facts);
  if (verify === "off") return isLast ? { outcome: "done" } : downloadAfter(history, facts);
  return isLast || (downloads === "auto" && isOfEdge(last)) ? checkAfter(last) : downloadAfter(history, facts);
}

/** After a check that showed nothing. @param shown the requests that showed something */
function afterNothing(history: readonly Observation[], shown: readonly Observation[], facts: ProofFacts): ProofStep {
  const last = history.at(-1) ?? NOTHING;
  if (history.length - shown.length <= MAX_REPEATS) {
    const step = nextStep(shown, facts);
    return "next" in step ? { ...step, earliestAt: last.endedAt + MIN_GROWTH_MS } : step;
  }
  const hit = shown.slice(lastDownload(shown) + 1).findLast(({ cache }) => cache === "HIT");
  if (hit !== undefined) return hitWithoutGrowth([hit], facts);
  return downloadCount(shown, facts) >= maxDownloads(facts) ? { outcome: "failed" } : downloadAfter(history, facts);
}

function afterCheck(history: readonly Observation[], last: Observation, facts: ProofFacts): ProofStep {
  const start = lastDownload(history);
  // Without a download in this message, the first check is compared with nothing.
  const since = history.slice(Math.max(0, start), -1);
  const checks = history.slice(start + 1);
  const isLastDownload = downloadCount(history, facts) >= maxDownloads(facts);
  if (last.cache === "REFRESH_HIT") return afterRefreshHit(checks, last, facts);
  if (last.cache !== "HIT") return isLastDownload ? NO_HIT : downloadAfter(history, facts);
  // The POP's own cache is not shown to have it.
  if (!isOfEdge(last) && !isLastDownload) return downloadAfter(history, facts);
  if (hasGrown(since, last)) return afterGrowth(history[0] ?? last, last, facts);
  return afterHitWithoutGrowth(since.at(-1), last, countOf(checks, "HIT"), facts);
}

function afterRefreshHit(checks: readonly Observation[], last: Observation, facts: ProofFacts): ProofStep {
  const before = checks.at(-2);
  if (before === undefined || countOf(checks, "REFRESH_HIT") < 2) return checkAfter(last);
  // After a Hit, it did not expire at once.
  return before.cache === "HIT" ? hitWithoutGrowth([before], facts) : EXPIRES_AT_ONCE;
}

function afterGrowth(first: Observation, last: Observation, facts: ProofFacts): ProofOutcome {
  const warning = facts.originSendsAge ? ({ warning: "origin_age" } as const) : {};
  if (isElsewhere(last)) return { outcome: "regional", ...warning };
  if (facts.scope === "regional" && (!isOfEdge(last) || cameThroughRec(first)))
    return { outcome: "regional", ...warning };
  if (isOfEdge(last)) return facts.originSendsAge ? { outcome: "hit", ...warning } : { outcome: "warm" };
  return { outcome: maxDownloads(facts) === 1 ? "regional" : "hit", ...warning };
}

function afterHitWithoutGrowth(
  before: Observation | undefined,
  last: Observation,
  hits: number,
  facts: ProofFacts,
): ProofStep {
  if (before?.kind !== "check" || before.cache !== "HIT") return checkAfter(last, true);
  if (ageOf(before) === ageOf(last) || hits >= MAX_HITS_WITHOUT_GROWTH) return hitWithoutGrowth([before, last], facts);
  return checkAfter(last, true);
}

/** Outcome of Hits that prove no growth. @param hits the last one at the end */
function hitWithoutGrowth(hits: readonly Observation[], facts: ProofFacts): ProofOutcome {
  const last = hits.at(-1) ?? NOTHING;
  const warning = hits.every(({ age }) => age === undefined) ? "no_age" : "age_constant";
  const isRegional = isElsewhere(last) || (maxDownloads(facts) === 1 && !isOfEdge(last));
  return { outcome: isRegional ? "regional" : "hit", warning };
}

/**
 * Whether y shows that the object was kept since one of these requests. Growth is measured from those that have an `Age` as y has, if there
 * are any: an edge may send the same `Age` in every hit, and none in a Miss.
 */
function hasGrown(since: readonly Observation[], y: Observation): boolean {
  const aged = since.filter(({ age }) => age !== undefined);
  return (aged.length > 0 ? aged : since).some((x) => grew(x, y));
}

/**
 * Whether y shows that what x saw, or what it left, was kept since: y was requested at least 1.1 s after x ended, and is at least a
 * second older. An `Age` that jumps further than time has passed is another copy's, or one that the edge sends in every hit: it has to
 * grow by itself.
 */
function grew(x: Observation, y: Observation): boolean {
  const growth = ageOf(y) - ageOf(x);
  const passed = (y.endedAt - x.startedAt) / 1_000;
  return y.startedAt >= x.endedAt + MIN_GROWTH_MS && growth >= 1 && growth <= passed + ROUNDING_SECONDS;
}

function ageOf({ age = 0 }: Observation): number {
  return age;
}

/** Whether the POP's own cache answered. An answer that also names who asked the origin was not served from a cache. */
export function isOfEdge({ cache, tier, upstream }: Pick<Observation, "cache" | "tier" | "upstream">): boolean {
  return cache === "HIT" && tier === "EDGE" && upstream === undefined;
}

/** Whether a first answer came from a regional edge cache, or through one. A POP may ask the origin without it. */
function cameThroughRec(first: Observation): boolean {
  return isElsewhere(first) || (first.upstream !== undefined && first.upstream !== "EDGE");
}

function isElsewhere({ tier }: Observation): boolean {
  return tier !== undefined && tier !== "EDGE";
}

const NOTHING: Observation = { kind: "check", startedAt: 0, endedAt: 0 };
const NO_HIT: ProofOutcome = { outcome: "not_kept", reason: "NO_HIT" };
const EXPIRES_AT_ONCE: ProofOutcome = { outcome: "not_kept", reason: "EXPIRES_AT_ONCE" };

/** @param history its last request is the one before the download */
function downloadAfter(history: readonly Observation[], facts: ProofFacts): ProofStep {
  const { endedAt } = history.at(-1) ?? NOTHING;
  return {
    next: "download",
    earliestAt: endedAt + MIN_GROWTH_MS,
    countsAsCheckOnEdgeHit: countsAsCheckOnEdgeHit(history, facts),
  };
}

/**
 * Whether a further download is a check if its head reports the tier EDGE. After a check, it is none: where the POP keeps the object for two
 * seconds, hits and misses would alternate without end.
 */
export function countsAsCheckOnEdgeHit(
  history: readonly Observation[],
  { downloads, verify }: Pick<ProofFacts, "downloads" | "verify">,
): boolean {
  return downloads === "auto" && verify !== "off" && !history.some(({ kind }) => kind === "check");
}

function checkAfter({ endedAt }: Observation, alone = false): ProofStep {
  return { next: "check", earliestAt: endedAt + MIN_GROWTH_MS, alone };
}

function downloadCount(history: readonly Observation[], { downloadsDone }: ProofFacts): number {
  return downloadsDone + downloadsIn(history);
}

function lastDownload(history: readonly Observation[]): number {
  return history.findLastIndex(({ kind }) => kind === "download");
}

function countOf(checks: readonly Observation[], status: CacheStatus): number {
  return checks.filter(({ cache }) => cache === status).length;
}

/** Number of whole downloads. */
export function downloadsIn(history: readonly Pick<Observation, "kind">[]): number {
  return history.filter(({ kind }) => kind === "download").length;
}

/** Class of an `x-cache` header. An Error that is kept is no hit. */
export function cacheStatusOf(xCache: string | undefined): CacheStatus | undefined {
  if (xCache === undefined) return undefined;
  return CACHE_STATUSES.find(([pattern]) => pattern.test(xCache))?.[1] ?? "OTHER";
}

/** `Age` header in seconds; undefined: it is absent, or no whole number of seconds (RFC 9111, 5.1). */
export function parseAge(age: string | undefined): number | undefined {
  const seconds = age !== undefined && /^\d+$/.test(age) ? Number(age) : Number.NaN;
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}
