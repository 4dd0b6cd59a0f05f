import { grouped } from "../collections.ts";
import type { BehaviourOfUrl } from "../distribution/stored-settings.ts";
import { recOf } from "../pops/sites.ts";
import type { Caps } from "../request/caps.ts";
import { type FlatRatePlan, maxDownloads, variantNames } from "../request/options.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { SourceRead } from "../request/source.ts";
import { billOf, cents, type Line, notIncluded, planUse } from "./bill.ts";
import type { Estimate } from "./estimate.ts";
import { originFetches, requestedShare, requestsPerTask, urlsByCaching } from "./origin-fetches.ts";
import { type InstanceKind, PRICES_AS_OF } from "./prices.ts";
import { type SampledSize, sizeSample } from "./size-sample.ts";
import { UNITS, type Work, workTime } from "./work-time.ts";

/** What is to be estimated: a request that was checked, and what was found out for it. */
export interface EstimateInput {
  /** As it would begin. */
  readonly item: RequestItem;
  readonly urls: readonly string[];
  /** POPs that its price class leaves out. @default none */
  readonly excludedPops?: readonly string[];
  readonly timeoutMinutes: number;
  /** Paths that are invalidated first; 0: none. */
  readonly paths: number;
  /** How many distributions it warms. */
  readonly distributions: number;
  /** @default nobody knows any */
  readonly behaviourOf?: BehaviourOfUrl;
  /** Of the distributions. Undefined: they are paid for by use. */
  readonly flatRatePlan?: FlatRatePlan | undefined;
  /** What a sample of the sizes came to. */
  readonly sizes: readonly SampledSize[];
  /** Whether more URLs may come. */
  readonly lowerBound: boolean;
  /** What the request's sources have given. */
  readonly sources: readonly SourceRead[];
  readonly kind: InstanceKind;
  readonly caps: Caps;
  /** With this one. */
  readonly activeRequests: number;
}

/** Pure: the same request with the same sizes has the same estimate. */
export function estimateRequest(it: EstimateInput): Estimate {
  const { item, urls, caps, kind, paths, sources } = it;
  const { pops, verify, instance_count: instances } = item;
  const variants = variantNames(item.variants).length;
  const urlVariants = urls.length * variants;
  const tasks = urlVariants * pops.length;
  const sample = sizeSample(it.sizes, urlVariants);
  const { estimate = 0, low = 0, high = null } = sample.bytes ?? {};
  const checkBytes = verify === "off" ? 0 : sample.checkBytes;
  const byCaching = urlsByCaching(urls, it.behaviourOf ?? (() => undefined));
  const fetches = originFetches(item, byCaching, variants);
  const share = requestedShare(item, byCaching);
  const downloads = maxDownloads(item);
  const bytesPerPop = (bytes: number) => (bytes * downloads + checkBytes) * share;
  const work: Work = {
    pops,
    tasks,
    urlVariants,
    kind,
    paths,
    instances,
    requestsPerTask: requestsPerTask(item) * share,
    distributions: it.distributions,
    originPerSecond: item.origin?.requests_per_second,
    bytesPerPop: bytesPerPop(estimate),
    isRaisedLate: paths > 0 || sources.length > 0,
    fetches: fetches.expected,
  };
  const time = workTime(work, UNITS);
  const instanceHours = time.instanceSeconds / 3_600;
  const secure = urls.filter((url) => url.startsWith("https:")).length / Math.max(1, urls.length);
  const isFlatRate = it.flatRatePlan !== undefined;
  // Instances are paid for as long as the estimate of bytes takes; the bounds are those of CloudFront's bytes.
  const bill = (bytes: number) => {
    const objectBytes = bytes / Math.max(1, urlVariants);
    return billOf({ ...work, bytesPerPop: bytesPerPop(bytes), objectBytes, instanceHours, secure, isFlatRate }, UNITS);
  };
  const lines = bill(estimate);
  const transferred = sample.bytes === undefined ? null : Math.round(bytesPerPop(estimate) * pops.length);
  const totalBytes = (bytes: number | null) =>
    sample.bytes === undefined || bytes === null ? null : Math.round(bytes * pops.length);
  return {
    urls: urls.length,
    variants,
    tasks,
    lower_bound: it.lowerBound,
    sources: [...sources],
    pops: { ...popsByRec(pops), excluded: it.excludedPops?.length ? [...it.excludedPops] : undefined },
    bytes: {
      estimate: totalBytes(estimate),
      low: totalBytes(low),
      high: totalBytes(high),
      transferred,
      ...sample.found,
    },
    origin_fetches: fetches,
    instances: {
      count: instances,
      type: kind.type,
      vcpus: kind.vcpus,
      hours: Number(instanceHours.toFixed(3)),
      minutes_to_finish: time.seconds === null ? null : Number((time.seconds / 60).toFixed(1)),
      binds: time.binds,
    },
    dollars: {
      total: totalOf(lines),
      low: totalOf(bill(low)),
      high: high === null ? null : totalOf(bill(high)),
      lines,
      prices_as_of: PRICES_AS_OF,
      not_included: notIncluded(pops),
    },
    flat_rate_plan: it.flatRatePlan && planUse(it.flatRatePlan, item, byCaching, variants),
    caps: [
      { cap: "maxTasks", value: tasks, limit: caps.maxTasks },
      { cap: "maxRequestBytes", value: transferred, limit: caps.maxRequestBytes },
      { cap: "maxInstances", value: instances, limit: caps.maxInstances },
      { cap: "maxTimeout", value: it.timeoutMinutes, limit: caps.maxTimeout },
      { cap: "maxActiveRequests", value: it.activeRequests, limit: caps.maxActiveRequests },
    ],
    assumptions: ASSUMPTIONS,
  };
}

function totalOf(lines: readonly Line[]): number {
  return cents(lines.reduce((sum, { dollars }) => sum + dollars, 0));
}

const ASSUMPTIONS = [
  "Every URL can be read and every POP resolves; the estimate did not check all of them.",
  "No cache has any of the objects yet, and the caches keep everything that is downloaded.",
  "POPs and origin respond without delay, and Spot provides the instances immediately.",
  "No other request is active; the instances have the middle type of the deployment's list.",
];

/** POPs under the RECs that likely serve them. */
export function popsByRec(pops: readonly string[]): Estimate["pops"] {
  const { "": unknown_rec = [], ...recs } = Object.fromEntries(grouped(pops, (pop) => recOf(pop) ?? ""));
  return { count: pops.length, recs: Object.entries(recs).map(([rec, its]) => ({ rec, pops: its })), unknown_rec };
}
