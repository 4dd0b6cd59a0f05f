import { grouped } from "../grouped.ts";
import { circlesOf, type Target, targetKey } from "../plan/target.ts";
import { recOf } from "../pops/sites.ts";
import type { Caps } from "../request/caps.ts";
import type { Order } from "../request/options.ts";
import type { SourceRead } from "../request/source.ts";
import type { Verify } from "../result/outcome.ts";
import { type Billed, billOf, cents, downloadsPerTask, type Line, notIncluded, requestsPerTask } from "./bill.ts";
import type { Estimate } from "./estimate.ts";
import { type InstanceKind, PRICES_AS_OF } from "./prices.ts";
import { noteOn, type SeenSize, type SizesSaid, type Spread, scaled, sizesSaid } from "./size-sample.ts";
import { UNITS, type Units, workTime } from "./work-time.ts";

/** What is to be estimated: a request that was checked, and what was found out for it. */
export interface Estimated {
  readonly urls: readonly string[];
  /** Forms of each URL, at least 1. */
  readonly variants: number;
  readonly pops: readonly string[];
  readonly order: Order;
  readonly verify: Verify;
  readonly timeoutMinutes: number;
  readonly instanceCount: number;
  readonly originPerSecond: number | undefined;
  /** Paths that are invalidated first; 0: none. */
  readonly paths: number;
  /** How many distributions it warms. */
  readonly distributions: number;
  /** What a sample of the sizes came to. */
  readonly sizes: readonly SeenSize[];
  /** Whether more URLs may come. @default false */
  readonly lowerBound?: boolean;
  /** What the request's sources have given. @default it has none */
  readonly sources?: readonly SourceRead[];
  readonly kind: InstanceKind;
  readonly caps: Caps;
  /** With this one. */
  readonly activeRequests: number;
}

/** Pure: the same request with the same sizes has the same estimate. */
export function estimateRequest(it: Estimated, units: Units = UNITS): Estimate {
  const forms = it.urls.length * it.variants;
  const tasks = forms * it.pops.length;
  const said = sizesSaid(it.sizes, forms);
  const bytes = said.bytes && scaled(said.bytes, it.pops.length);
  const fetches = originFetches(it.pops, it.order, forms);
  const times = requestsPerTask(it.verify);
  const checkBytes = it.verify === "off" ? 0 : said.checkBytes;
  const time = workTime(
    {
      tasks,
      forms,
      kind: it.kind,
      paths: it.paths,
      originPerSecond: it.originPerSecond,
      bytes: ((said.bytes?.estimate ?? 0) + checkBytes) * it.pops.length * downloadsPerTask(it.verify),
      requestsPerTask: times,
      isRaisedLate: it.paths > 0 || (it.sources ?? []).length > 0,
      instances: it.instanceCount,
      distributions: it.distributions,
      fetches: fetches.expected ?? fetches.most,
    },
    units,
  );
  const hours = time.instanceSeconds / 3_600;
  return {
    urls: it.urls.length,
    variants: it.variants,
    tasks,
    lower_bound: it.lowerBound ?? false,
    sources: [...(it.sources ?? [])],
    pops: popsOf(it.pops),
    bytes: bytesOf(bytes, said, forms),
    origin_fetches: fetches,
    instances: {
      count: it.instanceCount,
      type: it.kind.type,
      vcpus: it.kind.vcpus,
      hours: Number(hours.toFixed(3)),
      minutes_to_finish: time.seconds === null ? null : Number((time.seconds / 60).toFixed(1)),
      binds: time.binds,
    },
    dollars: dollarsOf(it, said, { forms, tasks, times, checkBytes, hours, units }),
    caps: capsOf(it, tasks, bytes),
    assumptions: ASSUMPTIONS,
  };
}

function popsOf(pops: readonly string[]): Estimate["pops"] {
  const { count, recs, unknown_rec } = popsByRec(pops);
  return { count, recs: recs.map(({ rec, pops }) => ({ rec, pops: [...pops] })), unknown_rec: [...unknown_rec] };
}

function bytesOf(bytes: Spread | undefined, said: SizesSaid, forms: number): Estimate["bytes"] {
  const whole = (value: number | null | undefined) => (value == null ? null : Math.round(value));
  return {
    estimate: whole(bytes?.estimate),
    low: bytes === undefined ? null : Math.floor(bytes.low),
    high: bytes?.high == null ? null : Math.ceil(bytes.high),
    sampled: said.sampled,
    unknown: said.unknown,
    unreadable: said.unreadable,
    first_problem: said.firstProblem ?? null,
    note: noteOn(said, forms),
  };
}

interface Totals {
  readonly forms: number;
  readonly tasks: number;
  readonly times: number;
  /** At one POP, of the checks after one download of everything. */
  readonly checkBytes: number;
  readonly hours: number;
  readonly units: Units;
}

/** Instances are paid for as long as the estimate of bytes takes; the bounds are those of CloudFront's bytes. */
function dollarsOf(it: Estimated, said: SizesSaid, totals: Totals): Estimate["dollars"] {
  const { forms, tasks, times, checkBytes, hours, units } = totals;
  const lines = (perPop: number): Line[] => {
    const billed: Billed = {
      pops: it.pops,
      tasks,
      forms,
      requestsPerTask: times,
      instances: it.instanceCount,
      instanceHours: hours,
      kind: it.kind,
      paths: it.paths,
      secure: secureShare(it.urls),
      objectBytes: perPop / Math.max(1, forms),
      bytesPerPop: (perPop + checkBytes) * downloadsPerTask(it.verify),
    };
    return billOf(billed, units);
  };
  const { estimate = 0, low = 0, high = null } = said.bytes ?? {};
  const told = lines(estimate);
  return {
    total: sumOf(told),
    low: sumOf(lines(low)),
    high: high === null ? null : sumOf(lines(high)),
    lines: told,
    prices_as_of: PRICES_AS_OF,
    not_included: notIncluded(it.pops, it.order),
  };
}

function sumOf(lines: readonly Line[]): number {
  return cents(lines.reduce((sum, { dollars }) => sum + dollars, 0));
}

function secureShare(urls: readonly string[]): number {
  return urls.filter((url) => url.startsWith("https:")).length / Math.max(1, urls.length);
}

function capsOf(it: Estimated, tasks: number, bytes: Spread | undefined): Estimate["caps"] {
  const { caps } = it;
  return [
    { cap: "maxTasks", value: tasks, limit: caps.maxTasks },
    {
      cap: "maxRequestBytes",
      value: bytes === undefined ? null : Math.round(bytes.estimate),
      limit: caps.maxRequestBytes,
    },
    { cap: "maxInstances", value: it.instanceCount, limit: caps.maxInstances },
    { cap: "maxTimeout", value: it.timeoutMinutes, limit: caps.maxTimeout },
    { cap: "maxActiveRequests", value: it.activeRequests, limit: caps.maxActiveRequests },
  ];
}

const ASSUMPTIONS = [
  "Every URL can be read and every POP resolves; neither was looked up for all of them.",
  "No cache has any of the objects yet, and all that is downloaded is kept.",
  "POPs and origin answer as fast as they are asked, and Spot has the instances at once.",
  "No other request is active; instances are of the middle one of the deployment's types.",
  "With verify=addresses a POP is taken to have three addresses.",
];

/** How often an origin is asked for objects, if no cache has any of them yet and all that is downloaded is kept. */
export interface OriginFetches {
  /** Null: it depends on who asks first. */
  readonly expected: number | null;
  readonly least: number;
  readonly most: number;
  /** Questions for sizes come on top: one for each URL and variant, two where HEAD is refused. */
  readonly size_questions: number;
}

/** @param forms URLs times variants */
export function originFetches(pops: readonly string[], order: Order, forms: number): OriginFetches {
  const known = new Set(pops.map(recOf).filter((rec) => rec !== undefined)).size;
  // POPs whose REC nobody knows have one, maybe that of others.
  const recs = Math.max(known, pops.length === 0 ? 0 : 1);
  const circles = circlesOf(pops.map(targetAt), order).length;
  const isSure = order === "lead-first" || recs === circles;
  return {
    expected: isSure ? circles * forms : null,
    least: recs * forms,
    most: circles * forms,
    size_questions: forms,
  };
}

/** As it will be once it has resolved. */
function targetAt(pop: string): Target {
  return { req_id: "", target: targetKey(pop, ""), pop, label: "", state: "READY", ips: [], expire_at: 0 };
}

/** POPs as they are served. */
export interface PopsByRec {
  readonly count: number;
  readonly recs: readonly { readonly rec: string; readonly pops: readonly string[] }[];
  /** Nobody knows theirs. */
  readonly unknown_rec: readonly string[];
}

export function popsByRec(pops: readonly string[]): PopsByRec {
  const known = pops.flatMap((pop) => {
    const rec = recOf(pop);
    return rec === undefined ? [] : [{ rec, pop }];
  });
  const byRec = grouped(known, ({ rec }) => rec);
  return {
    count: pops.length,
    recs: [...byRec].map(([rec, its]) => ({ rec, pops: its.map(({ pop }) => pop) })),
    unknown_rec: pops.filter((pop) => recOf(pop) === undefined),
  };
}
