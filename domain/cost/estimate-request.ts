import { grouped } from "../collections.ts";
import type { BehaviourOfUrl } from "../distribution/stored-settings.ts";
import { recOf } from "../pops/sites.ts";
import type { Caps } from "../request/caps.ts";
import { type DailyUse, NO_USE } from "../request/daily-use.ts";
import { variantNames } from "../request/options.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { SourceRead } from "../request/source.ts";
import { checkBytesOf, taskRequests } from "../result/task-traffic.ts";
import { billOf, cents, edgeDollars, type Line, notIncluded } from "./bill.ts";
import {
  edgeRequests,
  edgeTraffic,
  type ObjectSizes,
  originFetches,
  totalOf,
  type UrlsByCaching,
  urlsByCaching,
  type WarmingSettings,
} from "./edge-traffic.ts";
import type { Estimate } from "./estimate.ts";
import { type InstanceKind, PRICES_AS_OF } from "./prices.ts";
import { type SampledSize, sizeSample } from "./size-sample.ts";
import { UNITS, workTime } from "./work-time.ts";

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
  /** By the other requests of the UTC day. @default nothing */
  readonly usedToday?: DailyUse;
}

/** Estimates a request. Pure: the same request with the same sizes has the same estimate. */
export function estimateRequest(it: EstimateInput): Estimate {
  const { item, urls, caps, kind, usedToday = NO_USE } = it;
  const { pops, instance_count: instances } = item;
  const variants = variantNames(item.variants).length;
  const urlVariants = urls.length * variants;
  const byCaching = urlsByCaching(urls, it.behaviourOf ?? (() => undefined));
  const { bytes: known, checkBytes, smallest, found } = sizeSample(it.sizes, urlVariants);
  const sampleBytes = checkBytesOf(smallest);
  const objectsOf = (bytes: number): ObjectSizes => ({ count: urlVariants, bytes, checkBytes, smallest, sampleBytes });
  const { estimate = 0, low = 0, high = null } = known ?? {};
  const secure = urls.filter((url) => url.startsWith("https:")).length / Math.max(1, urls.length);
  const estimateWith = (settings: WarmingSettings) => {
    const trafficOf = (bytes: number) => edgeTraffic(settings, byCaching, objectsOf(bytes));
    const traffic = trafficOf(estimate);
    const fetches = originFetches(settings, byCaching, variants);
    const { downloads, checks } = taskRequests(settings);
    const load = { traffic, urlVariants, kind, paths: it.paths, instances };
    const time = workTime(
      {
        ...load,
        distributions: it.distributions,
        originPerSecond: item.origin?.requests_per_second,
        isRaisedLate: it.paths > 0 || it.sources.length > 0,
        fetches: fetches.expected,
        requestsPerTask: downloads + checks,
        hasFollowers: fetches.least < totalOf(traffic, "tasks"),
      },
      UNITS,
    );
    const instanceHours = time.instanceSeconds / 3_600;
    // Instances are paid for as long as the estimate of bytes takes; the bounds are those of CloudFront's bytes.
    const bill = (bytes: number) => {
      const objectBytes = bytes / Math.max(1, urlVariants);
      return billOf({ ...load, traffic: trafficOf(bytes), objectBytes, instanceHours, secure }, UNITS);
    };
    return { traffic, trafficOf, fetches, time, instanceHours, bill, lines: bill(estimate) };
  };
  const unlessUnknown = (bytes: number) => (known === undefined ? null : Math.round(bytes));
  const { traffic, trafficOf, fetches, time, instanceHours, bill, lines } = estimateWith(item);
  const priceWith = (settings: WarmingSettings) => {
    const its = estimateWith(settings);
    return {
      dollars: dollarsOf(its.lines),
      requests: edgeRequests(its.traffic, urlVariants),
      bytes: unlessUnknown(totalOf(its.traffic, "bytes")),
    };
  };
  const prices = pricesOf(item, priceWith);
  const sizeOf = (bytes: number | null) => (bytes === null ? null : unlessUnknown(totalOf(trafficOf(bytes), "size")));
  const tasks = totalOf(traffic, "tasks");
  return {
    urls: urls.length,
    variants,
    tasks,
    lower_bound: it.lowerBound,
    sources: [...it.sources],
    pops: { ...popsByRec(pops), excluded: it.excludedPops?.length ? [...it.excludedPops] : undefined },
    bytes: { estimate: sizeOf(estimate), low: sizeOf(low), high: sizeOf(high), ...found },
    transferred_bytes: prices.as_asked.bytes,
    prices,
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
      total: dollarsOf(lines),
      low: dollarsOf(bill(low)),
      high: high === null ? null : dollarsOf(bill(high)),
      lines,
      prices_as_of: PRICES_AS_OF,
      not_included: notIncluded(pops),
    },
    caps: [
      { cap: "maxTasks", value: tasks, limit: caps.maxTasks },
      { cap: "maxRequestBytes", value: prices.as_asked.bytes, limit: caps.maxRequestBytes },
      { cap: "maxDailyTasks", value: usedToday.total_count + tasks, limit: caps.maxDailyTasks },
      {
        cap: "maxDailyBytes",
        value: prices.as_asked.bytes === null ? null : usedToday.transferred_bytes + prices.as_asked.bytes,
        limit: caps.maxDailyBytes,
      },
      { cap: "maxInstances", value: instances, limit: caps.maxInstances },
      { cap: "maxTimeout", value: it.timeoutMinutes, limit: caps.maxTimeout },
      { cap: "maxActiveRequests", value: it.activeRequests, limit: caps.maxActiveRequests },
    ],
    assumptions: ASSUMPTIONS,
  };
}

/** Request whose sizes and POPs were looked up, without a stack. */
interface LookedUp {
  readonly settings: WarmingSettings;
  readonly urls: UrlsByCaching;
  /** URLs in all variants. A size that is not known is null. */
  readonly objects: readonly { readonly url: string; readonly bytes: number | null }[];
  /** Number of its tasks: fewer than objects × POPs in a retry. */
  readonly tasks: number;
}

/** CloudFront's prices of a request that this machine sends. */
export function directPrices({ settings, urls, objects, tasks }: LookedUp): Estimate["prices"] {
  const sample = sizeSample(
    objects.map(({ bytes: size }) => ({ size })),
    objects.length,
  );
  const { checkBytes, smallest } = sample;
  const bytes = sample.bytes?.estimate ?? 0;
  const sizes = { count: objects.length, bytes, checkBytes, smallest, sampleBytes: checkBytesOf(smallest) };
  const secure = objects.filter(({ url }) => url.startsWith("https:")).length / Math.max(1, objects.length);
  const share = tasks / Math.max(1, totalOf(edgeTraffic(settings, urls, sizes), "tasks"));
  return pricesOf(settings, (its) => {
    const traffic = edgeTraffic(its, urls, sizes).map((it) => ({
      ...it,
      tasks: it.tasks * share,
      requests: it.requests * share,
      bytes: it.bytes * share,
    }));
    return {
      dollars: cents(edgeDollars(traffic, objects.length, secure)),
      requests: edgeRequests(traffic, objects.length),
      bytes: sample.bytes === undefined ? null : Math.round(totalOf(traffic, "bytes")),
    };
  });
}

/** Prices of a request as asked, and of its cheaper forms. */
function pricesOf(
  settings: WarmingSettings,
  priceWith: (settings: WarmingSettings) => Estimate["prices"]["as_asked"],
): Estimate["prices"] {
  return {
    as_asked: priceWith(settings),
    downloads_1: priceWith({ ...settings, downloads: 1 }),
    regional: priceWith({ ...settings, scope: "regional" }),
  };
}

function dollarsOf(lines: readonly Line[]): number {
  return cents(lines.reduce((sum, { dollars }) => sum + dollars, 0));
}

const ASSUMPTIONS = [
  "Every URL can be read and every POP resolves; the estimate did not check all of them.",
  "No cache has any of the objects yet; a REC keeps an object from its first request on, and a POP from its second.",
  "Every download goes through the REC: an S3 origin in the AWS Region of a REC is reached without it, by each download.",
  "POPs and origin respond without delay, and Spot provides the instances immediately.",
  "No other request is active; the instances have the middle type of the deployment's list.",
];

/** POPs under the RECs that likely serve them. */
export function popsByRec(pops: readonly string[]): Estimate["pops"] {
  const { "": unknown_rec = [], ...recs } = Object.fromEntries(grouped(pops, (pop) => recOf(pop) ?? ""));
  return { count: pops.length, recs: Object.entries(recs).map(([rec, its]) => ({ rec, pops: its })), unknown_rec };
}
