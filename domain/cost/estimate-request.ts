import type { BehaviourOfUrl } from "../distribution/stored-settings.ts";
import { variantNames } from "../request/options.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { SourceRead } from "../request/source.ts";
import { billOf, dollarsOf, edgeLines, type Line, notIncluded } from "./bill.ts";
import {
  edgeTraffic,
  type ObjectSizes,
  originFetches,
  type PopTraffic,
  totalOf,
  type UrlsByCaching,
  urlsByCaching,
  type WarmingSettings,
} from "./edge-traffic.ts";
import type { Estimate } from "./estimate.ts";
import { type InstanceKind, PRICES_AS_OF } from "./prices.ts";
import { type SampledSize, sizeSample } from "./size-sample.ts";
import { UNITS, workTime } from "./work-time.ts";

/** A request that was checked, and what was found out for its estimate. */
export interface EstimateInput {
  /** As it would begin. */
  readonly item: RequestItem;
  readonly urls: readonly string[];
  /** POPs that its price class leaves out. @default none */
  readonly excludedPops?: readonly string[];
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
}

/** Estimates a request. Pure: the same request with the same sizes has the same estimate. */
export function estimateRequest(it: EstimateInput): Estimate {
  const { item, urls, kind, paths } = it;
  const { pops, instance_count: instances } = item;
  const variants = variantNames(item.variants).length;
  const byCaching = urlsByCaching(urls, it.behaviourOf ?? (() => undefined));
  const { objects, isKnown, found } = sizeSample(it.sizes, urls.length * variants);
  const estimateWith = (settings: WarmingSettings) => {
    const traffic = edgeTraffic(settings, byCaching, objects);
    const fetches = originFetches(settings, byCaching, variants);
    const time = workTime(
      {
        traffic,
        objects: objects.count,
        instances,
        kind,
        paths,
        distributions: it.distributions,
        isRaisedLate: paths > 0 || it.sources.length > 0,
        fetches: fetches.expected,
        originPerSecond: item.origin?.requests_per_second,
      },
      UNITS,
    );
    const instanceHours = time.instanceSeconds / 3_600;
    const lines = billOf({ traffic, objects: objects.count, kind, instanceHours, paths });
    return { traffic, fetches, time, instanceHours, lines };
  };
  const { traffic, fetches, time, instanceHours, lines } = estimateWith(item);
  const prices = pricesOf(item, (settings) => {
    const its = estimateWith(settings);
    return priceOf(its.traffic, its.lines, { objects, isKnown });
  });
  const tasks = totalOf(traffic, "tasks");
  return {
    urls: urls.length,
    variants,
    tasks,
    lower_bound: it.lowerBound,
    sources: [...it.sources],
    pops: { count: pops.length, excluded: it.excludedPops?.length ? [...it.excludedPops] : undefined },
    bytes: { estimate: isKnown ? Math.round(totalOf(traffic, "size")) : null, ...found },
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
    dollars: { total: dollarsOf(lines), lines, prices_as_of: PRICES_AS_OF, not_included: notIncluded(pops) },
  };
}

/** Request whose sizes and POPs were looked up, without a stack. */
interface LookedUp {
  readonly settings: WarmingSettings;
  readonly urls: UrlsByCaching;
  /** URLs in all variants. A size that is not known is null. */
  readonly objects: readonly { readonly bytes: number | null }[];
  /** Number of its tasks: fewer than objects × POPs in a retry. */
  readonly tasks: number;
}

/** CloudFront's prices of a request that this machine sends. */
export function directPrices({ settings, urls, objects: all, tasks }: LookedUp): Estimate["prices"] {
  const sample = sizeSample(
    all.map(({ bytes: size }) => ({ size })),
    all.length,
  );
  const share = tasks / Math.max(1, totalOf(edgeTraffic(settings, urls, sample.objects), "tasks"));
  return pricesOf(settings, (its) => {
    const traffic = edgeTraffic(its, urls, sample.objects).map((it) => ({
      ...it,
      tasks: it.tasks * share,
      requests: it.requests * share,
      bytes: it.bytes * share,
    }));
    return priceOf(traffic, edgeLines(traffic, all.length), sample);
  });
}

/** @param sizes requests include a size probe of each object */
function priceOf(
  traffic: readonly PopTraffic[],
  lines: readonly Line[],
  { objects, isKnown }: { readonly objects: ObjectSizes; readonly isKnown: boolean },
): Estimate["prices"]["as_asked"] {
  return {
    dollars: dollarsOf(lines),
    requests: Math.round(totalOf(traffic, "requests")) + objects.count,
    bytes: isKnown ? Math.round(totalOf(traffic, "bytes")) : null,
  };
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
