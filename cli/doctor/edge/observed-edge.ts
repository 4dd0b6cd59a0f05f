import { grouped } from "../../../domain/collections.ts";
import { tierOf, upstreamOf } from "../../../domain/result/outcome.ts";
import { type CacheStatus, cacheStatusOf, parseAge } from "../../../domain/result/proof.ts";
import type { Evidence, EvidencePop, EvidenceRequest, EvidenceStep } from "./evidence.ts";

/** How the edge treats an object. Undefined: the requests do not tell. */
export interface ObservedObject {
  /** Of its path, such as `css`. */
  readonly extension: string;
  /** Share of the responses that have Server-Timing without being asked for it, in per cent; `off`: none has it, however it is asked for. */
  readonly serverTiming: "off" | number | undefined;
  /** `Age` of hits: it grows, there is none, or always this one. */
  readonly age: "kept" | "none" | number | undefined;
  /** What the origin itself sends as `Age`, in seconds. */
  readonly originAge: number | undefined;
  /** Where it is a hit after a download: at the POP, at the REC alone, nowhere; or only after the origin was asked whether it is unchanged. */
  readonly keptAt: "pop" | "rec" | "nowhere" | "revalidated" | undefined;
  /** Whether the REC asks the origin, or the POP itself. */
  readonly rec: "asked" | "passed" | undefined;
  /** What the second of two simultaneous requests shows: a hit that names its tier, one that does not, a hit although nothing is kept, a miss. */
  readonly collapsing: "layer" | "no-layer" | "false-layer" | "off" | undefined;
  /** Whether a HEAD has the object kept. */
  readonly heads: "passed" | "kept" | undefined;
  /** Whether a range of what is not cached is kept: not, as a part, or the whole object with it. */
  readonly ranges: "passed" | "kept" | "filled" | undefined;
}

export interface ObservedPop {
  readonly pop: string;
  /** 0: its name does not resolve. */
  readonly addresses: number;
  /** Whether it answers at all. */
  readonly isOpen: boolean;
  /** The POP that its responses name. */
  readonly answeredBy: string | undefined;
  /** Whether the addresses have a cache in common. */
  readonly caches: "shared" | "own" | undefined;
  /** The first POP that has the same REC; itself if no other has. */
  readonly recOf: string | undefined;
}

/** What evidence comes to: nothing but what its requests show. */
export interface ObservedEdge {
  /** Which labels lead to POPs: the distribution's own alone, or any. */
  readonly labels: "own" | "any" | undefined;
  readonly pops: readonly ObservedPop[];
  readonly objects: readonly ObservedObject[];
  /** How long an error is kept, in seconds: at least so long, and less than that if its end was seen. */
  readonly errors: { readonly atLeast: number; readonly lessThan: number | undefined } | undefined;
}

export function observedEdge(evidence: Evidence): ObservedEdge {
  const objects = evidence.objects.map(({ extension }, index) => {
    const requests = evidence.requests.filter(({ object, step }) => object === index && step !== "error");
    return { extension, ...observedObject(requests) };
  });
  const [first] = objects;
  // Where nothing is kept, or the REC is passed, no POP finds what another one downloaded.
  const tellsRecs = first !== undefined && first.rec !== "passed" && (first.keptAt === "pop" || first.keptAt === "rec");
  const groups = tellsRecs ? recGroups(evidence) : new Map<string, string>();
  const tellsCaches = first?.keptAt === "pop";
  return {
    labels: labelsOf(evidence),
    pops: evidence.pops.map((it) => {
      const { caches, ...pop } = observedPop(it, evidence.requests, groups);
      return { ...pop, caches: tellsCaches ? caches : undefined };
    }),
    objects,
    errors: errorsOf(evidence.requests),
  };
}

/** The class of a response's `x-cache`, if the response is good. */
export function cacheOf({ status = 0, headers }: Pick<EvidenceRequest, "status" | "headers">): CacheStatus | undefined {
  return status === 200 || status === 206 ? cacheStatusOf(headers["x-cache"]) : undefined;
}

/** Whether an error came from a cache. `x-cache` is the same for both; a response from a cache has an `Age`. */
export function isCachedError({ headers }: Pick<EvidenceRequest, "headers">): boolean {
  const timing = headers["server-timing"] ?? "";
  if (/cdn-cache-(hit|miss|refresh)/.test(timing)) return !/cdn-cache-miss/.test(timing);
  return headers.age !== undefined;
}

function observedObject(requests: readonly EvidenceRequest[]): Omit<ObservedObject, "extension"> {
  const of = (...steps: EvidenceStep[]) => requests.filter(({ step }) => steps.includes(step));
  // A copy that was a hit at first was not cold: the query is not in the cache key, and its series tells nothing.
  const cold = new Set(of("first").flatMap((it) => (cacheOf(it) === "MISS" ? [it.copy] : [])));
  const again = of("at_once", "after_2_s").filter(({ copy }) => cold.has(copy));
  const keptAt = keptAtOf(again);
  const misses = requests.filter((it) => it.method === "GET" && cacheOf(it) === "MISS");
  return {
    serverTiming: serverTimingOf(requests),
    age: ageOf(of("at_once").filter(isHit), of("after_2_s").filter(isHit)),
    originAge: misses.map(({ headers }) => parseAge(headers.age)).find((age) => age !== undefined),
    keptAt,
    rec: recUseOf(misses.flatMap(({ headers }) => upstreamOf(headers["server-timing"]) ?? [])),
    collapsing: collapsingOf(of("collapsed"), of("after_collapsed")),
    heads: isKeptBy(of("head_cold"), of("head_again")),
    ranges: rangesOf(of("range_cold"), of("range_again"), of("range_then_get")),
  };
}

/** @param upstreams the layers that asked the origin */
function recUseOf([first]: readonly string[]): ObservedObject["rec"] {
  if (first === undefined) return undefined;
  return first === "EDGE" ? "passed" : "asked";
}

function serverTimingOf(requests: readonly EvidenceRequest[]): ObservedObject["serverTiming"] {
  const answered = requests.filter((it) => cacheOf(it) !== undefined);
  if (answered.length === 0) return undefined;
  if (!answered.some(hasTiming)) return "off";
  const unasked = answered.filter(({ pragma }) => !pragma);
  return unasked.length === 0 ? undefined : Math.round((100 * unasked.filter(hasTiming).length) / unasked.length);
}

function keptAtOf(again: readonly EvidenceRequest[]): ObservedObject["keptAt"] {
  const caches = again.map(cacheOf).filter((cache) => cache !== undefined);
  if (caches.length === 0) return undefined;
  if (caches.includes("HIT")) {
    const tiers = new Set(again.filter(isHit).map(({ headers }) => tierOf(headers["server-timing"])));
    return tiers.size === 1 && !tiers.has("EDGE") && !tiers.has(undefined) ? "rec" : "pop";
  }
  return caches.includes("REFRESH_HIT") ? "revalidated" : "nowhere";
}

function ageOf(atOnce: readonly EvidenceRequest[], later: readonly EvidenceRequest[]): ObservedObject["age"] {
  const ages = [...atOnce, ...later].map(({ headers }) => parseAge(headers.age));
  const [first] = ages;
  if (ages.length === 0) return undefined;
  if (ages.every((age) => age === undefined)) return "none";
  const grown = later.some(({ copy, headers }) => {
    const before = atOnce.find((it) => it.copy === copy);
    return (parseAge(headers.age) ?? 0) > (parseAge(before?.headers.age) ?? 0);
  });
  if (grown || first === undefined) return "kept";
  return ages.length > 1 && ages.every((age) => age === first) ? first : undefined;
}

function collapsingOf(
  both: readonly EvidenceRequest[],
  after: readonly EvidenceRequest[],
): ObservedObject["collapsing"] {
  const seen = [...grouped(both, ({ copy }) => copy).values()].flatMap((pair) => {
    const [a, b] = pair.toSorted((x, y) => Number(isHit(x)) - Number(isHit(y)));
    if (a === undefined || b === undefined || cacheOf(a) !== "MISS") return [];
    if (cacheOf(b) === "MISS") return ["off" as const];
    if (!isHit(b)) return [];
    const next = after.find(({ copy }) => copy === b.copy);
    const isKept = next === undefined || isHit(next);
    const tier = tierOf(b.headers["server-timing"]);
    if (hasTiming(b) && tier === undefined) return [isKept ? ("no-layer" as const) : ("layer" as const)];
    return [isKept || tier === undefined ? ("layer" as const) : ("false-layer" as const)];
  });
  // The others may have been too late: then the second is a plain hit.
  return seen.find((it) => it === "off" || it === "no-layer" || it === "false-layer") ?? seen[0];
}

function isKeptBy(cold: readonly EvidenceRequest[], again: readonly EvidenceRequest[]): "passed" | "kept" | undefined {
  const seen = cold
    .filter((it) => cacheOf(it) === "MISS")
    .flatMap(({ copy }) => again.filter((it) => it.copy === copy && cacheOf(it) !== undefined));
  if (seen.length === 0) return undefined;
  return seen.some(isHit) ? "kept" : "passed";
}

function rangesOf(
  cold: readonly EvidenceRequest[],
  again: readonly EvidenceRequest[],
  whole: readonly EvidenceRequest[],
): ObservedObject["ranges"] {
  if (isKeptBy(cold, again) !== "kept") return isKeptBy(cold, again);
  return isKeptBy(cold, whole) === "kept" ? "filled" : "kept";
}

function observedPop(
  { pop, labels }: EvidencePop,
  all: readonly EvidenceRequest[],
  groups: ReadonlyMap<string, string>,
): ObservedPop {
  const own = all.filter((it) => it.pop === pop && it.step !== "other_label");
  const addresses = labels.find(({ label }) => label === "own")?.addresses.length ?? 0;
  // A hit that names no tier may be the REC's.
  const others = own
    .filter(({ step, object }) => step === "other_address" && object === 0)
    .map((it) => (isHit(it) ? tierOf(it.headers["server-timing"]) : cacheOf(it)))
    .filter((it) => it !== undefined);
  return {
    pop,
    addresses,
    isOpen: own.length === 0 ? addresses > 0 : own.some(({ status }) => status !== undefined),
    answeredBy: own.map(({ headers }) => headers["x-amz-cf-pop"]).find((it) => it !== undefined),
    caches: others.length === 0 ? undefined : others.every((it) => it === "EDGE") ? "shared" : "own",
    recOf: groups.get(pop),
  };
}

/** For each POP, the first one that has the same REC. */
function recGroups({ pops, requests }: Evidence): Map<string, string> {
  const groups = new Map<string, string>();
  const fills = new Map(requests.flatMap(({ step, copy, pop }) => (step === "rec_fill" ? [[copy, pop] as const] : [])));
  const seconds = requests.filter(({ step }) => step === "rec_second");
  for (const { pop } of pops) {
    const asked = seconds.filter((it) => it.pop === pop && cacheOf(it) !== undefined);
    const shared = asked.find(isHit);
    const isFirst = [...fills.values()].includes(pop);
    if (shared !== undefined) groups.set(pop, fills.get(shared.copy) ?? pop);
    else if (asked.length > 0 || isFirst) groups.set(pop, pop);
  }
  return groups;
}

function labelsOf({ pops, requests }: Evidence): ObservedEdge["labels"] {
  const seen = pops.flatMap(({ pop, labels }) => {
    const addressesOf = (wanted: string) => labels.find(({ label }) => label === wanted)?.addresses ?? [];
    const own = addressesOf("own");
    const random = addressesOf("random");
    if (own.length === 0) return [];
    if (random.length === 0) return ["own" as const];
    const answered = requests.find((it) => it.pop === pop && it.step === "other_label");
    const reaches = own.join() === random.join() || answered?.headers["x-amz-cf-pop"] === pop;
    return [reaches ? ("any" as const) : ("own" as const)];
  });
  if (seen.length === 0) return undefined;
  return seen.every((it) => it === "any") ? "any" : "own";
}

function errorsOf(requests: readonly EvidenceRequest[]): ObservedEdge["errors"] {
  const [first, ...later] = requests.filter(({ step, status = 0 }) => step === "error" && status >= 400);
  if (first === undefined || later.length === 0) return undefined;
  const secondsAt = ({ at_ms }: EvidenceRequest) => Math.round((at_ms - first.at_ms) / 1_000);
  const fetched = later.find((it) => !isCachedError(it));
  const cached = later.filter((it) => isCachedError(it) && it.at_ms < (fetched?.at_ms ?? Number.POSITIVE_INFINITY));
  const last = cached.at(-1);
  return {
    atLeast: last === undefined ? 0 : secondsAt(last),
    lessThan: fetched === undefined ? undefined : secondsAt(fetched),
  };
}

function isHit(request: EvidenceRequest): boolean {
  return cacheOf(request) === "HIT";
}

function hasTiming({ headers }: EvidenceRequest): boolean {
  return headers["server-timing"] !== undefined;
}
