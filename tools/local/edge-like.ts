import { readFileSync, statSync } from "node:fs";
import { type Evidence, type EvidenceRequest, evidenceSchema } from "../../cli/doctor/edge/evidence.ts";
import { cacheOf, type ObservedEdge, type ObservedObject, observedEdge } from "../../cli/doctor/edge/observed-edge.ts";
import { recOf } from "../../domain/pops/sites.ts";
import type { Behaviour } from "../edge/behaviour.ts";
import { type EdgePop, MAX_ADDRESSES } from "../edge/edge-options.ts";
import type { FaultHook } from "../edge/faults.ts";
import type { SiteObject } from "../edge/site.ts";
import { median } from "../median.ts";
import type { StandInOptions } from "./stand-in-edge.ts";

const MAX_BYTES = 5_000_000;

/** Reads what `prewarm doctor --edge --save` has written. @throws Error that says in one line what is wrong with the file */
export function readEvidence(file: string): Evidence {
  const text = textOf(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${file} is no evidence: it is not JSON`);
  }
  const read = evidenceSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  throw new Error(`${file} is no evidence: ${field === "" ? "" : `${field}: `}${issue?.message}`);
}

function textOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`${file} does not exist`);
  if (!stat.isFile()) throw new Error(`${file} is no evidence: it is no file`);
  if (stat.size > MAX_BYTES) throw new Error(`${file} is no evidence: it is larger than ${MAX_BYTES / 1_000_000} MB`);
  return readFileSync(file, "utf8");
}

/** What an edge is without evidence. */
type Base = Pick<StandInOptions, "pops" | "deadPops" | "site" | "faults">;
/** What evidence decides. */
type Like = Required<
  Pick<StandInOptions, "pops" | "deadPops" | "closedPops" | "site" | "faults" | "behaviours" | "origin">
> &
  Pick<StandInOptions, "labels" | "errorTtlMs">;

/**
 * The options of an edge that behaves as the evidence shows. What it does not show stays as it is in `base`. Times on the network, and
 * certificates that cannot be trusted, are not reproduced.
 * @param base the POPs and the site that it has besides
 */
export function edgeLike(evidence: Evidence, base: Base): Like {
  const { pops, labels, errors, objects } = observedEdge(evidence);
  const errorTtlMs = errors === undefined ? undefined : errorMs(errors);
  const dead = pops.filter(({ addresses }) => addresses === 0).map(({ pop }) => pop);
  const closed = pops.filter(({ addresses, isOpen }) => addresses > 0 && !isOpen).map(({ pop }) => pop);
  const known = new Set(base.pops.map(({ pop }) => pop));
  const added = pops
    .filter(({ pop, addresses }) => addresses > 0 && !known.has(pop))
    .map(({ pop }) => ({ pop, rec: recOf(pop) ?? "none" }));
  return {
    pops: [...base.pops, ...added].map((pop) => popLike(pop, pops)),
    // The catalogue may say that a POP is dead, and the evidence that it is not.
    deadPops: [...(base.deadPops ?? []).filter((pop) => !pops.some((it) => it.pop === pop)), ...dead],
    closedPops: closed,
    site: siteLike(base.site, objects),
    behaviours: behavioursLike(objects),
    origin: { delayMs: originDelayMs(evidence.requests) },
    faults: faultsLike(pops, base.faults),
    ...(labels === undefined ? {} : { labels }),
    ...(errorTtlMs === undefined ? {} : { errorTtlMs }),
  };
}

/** In the middle of what was seen; of an error whose end was not seen, three times as long as it was there. */
function errorMs({ atLeast, lessThan }: NonNullable<ObservedEdge["errors"]>): number {
  if (lessThan === undefined) return atLeast * 3_000;
  return atLeast === 0 ? 0 : ((atLeast + lessThan) / 2) * 1_000;
}

function popLike(pop: EdgePop, seen: ObservedEdge["pops"]): EdgePop {
  const it = seen.find((one) => one.pop === pop.pop);
  if (it === undefined) return pop;
  const { addresses, caches, recOf: first } = it;
  return {
    ...pop,
    ...(addresses === 0 ? {} : { addresses: Math.min(addresses, MAX_ADDRESSES) }),
    ...(caches === undefined ? {} : { caches }),
    ...(first === undefined ? {} : { rec: recNamed(first, seen) }),
  };
}

/** The REC that the catalogue has for the first POP of a group; that of a later group is another one. */
function recNamed(first: string, seen: ObservedEdge["pops"]): string {
  const rec = recOf(first) ?? "none";
  const namesake = seen.find((it) => it.recOf === it.pop && (recOf(it.pop) ?? "none") === rec);
  return namesake === undefined || namesake.pop === first ? rec : `${rec} (${first})`;
}

/** The first object decides of all paths, but for those that end as another object's does. */
function behavioursLike([first, ...others]: readonly ObservedObject[]): Behaviour[] {
  const own = others.filter(({ extension }) => extension !== "" && extension !== first?.extension);
  return [
    ...own.map((object) => ({ path: `*.${object.extension}`, ...behaviourLike(object) })),
    ...(first === undefined ? [] : [behaviourLike(first)]),
  ];
}

/** No time at all, but not 0: what expires at once is kept for a revalidation, and what may not be kept is not. */
const AT_ONCE_SECONDS = Number.MIN_VALUE;
const TTL: Readonly<Record<NonNullable<ObservedObject["keptAt"]>, Behaviour>> = {
  pop: {},
  rec: { keptAt: "rec" },
  nowhere: { ttl: { min: 0, default: 0, max: 0 } },
  revalidated: { ttl: { min: 0, default: 0, max: AT_ONCE_SECONDS } },
};

function behaviourLike(object: ObservedObject): Behaviour {
  const { serverTiming, age, keptAt, rec, collapsing, heads, ranges } = object;
  return {
    ...(keptAt === undefined ? {} : TTL[keptAt]),
    ...(serverTiming === undefined ? {} : { serverTiming }),
    ...(age === undefined ? {} : { age }),
    ...(rec === undefined ? {} : { rec }),
    ...(collapsing === undefined ? {} : { collapsing }),
    ...(heads === undefined ? {} : { heads }),
    ...(ranges === undefined ? {} : { ranges }),
  };
}

/** The origin's own `Age` is a header of its objects. */
function siteLike(
  site: StandInOptions["site"],
  [first]: readonly ObservedObject[],
): Readonly<Record<string, SiteObject>> {
  const objects: Iterable<readonly [string, SiteObject]> = site instanceof Map ? site : Object.entries(site);
  const age = first?.originAge;
  return Object.fromEntries(
    Array.from(objects, ([path, object]) => [
      path,
      age === undefined ? object : { ...object, headers: { ...object.headers, age: String(age) } },
    ]),
  );
}

/** A POP that answers under another name. */
function faultsLike(pops: ObservedEdge["pops"], others: FaultHook | undefined): FaultHook {
  const named = new Map(
    pops.flatMap(({ pop, answeredBy = pop }) => (answeredBy === pop ? [] : [[pop, answeredBy] as const])),
  );
  return (request) => {
    const fault = others?.(request);
    const pop = named.get(request.pop);
    return fault ?? (pop === undefined ? undefined : { kind: "otherPop", pop });
  };
}

const MAX_DELAY_MS = 2_000;

/** How much later the first byte of a miss comes than that of a hit: the origin's share of it. */
function originDelayMs(requests: readonly EvidenceRequest[]): number {
  const msOf = (cache: "HIT" | "MISS") =>
    median(requests.filter((it) => cacheOf(it) === cache).map(({ first_byte_ms: ms = 0 }) => ms)) || 0;
  const delay = Math.round((msOf("MISS") - msOf("HIT")) / 10) * 10;
  return Math.min(MAX_DELAY_MS, Math.max(0, delay));
}
