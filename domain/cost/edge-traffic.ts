import type { BehaviourOfUrl } from "../distribution/stored-settings.ts";
import { MAX_FAILED_LEADS } from "../plan/followers.ts";
import { recGroups } from "../plan/target.ts";
import { isLimited, type OriginLimits } from "../request/options.ts";
import { checkBytesOf, type TaskSettings, taskRequests } from "../result/task-traffic.ts";
import type { Estimate } from "./estimate.ts";

/** Settings of a request that decide its requests to CloudFront and to the origin. */
export interface WarmingSettings extends TaskSettings {
  readonly pops: readonly string[];
  readonly origin?: OriginLimits | undefined;
}

/** URLs by what their cache behavior does with requests. URLs whose behavior is not known are `kept`. */
export interface UrlsByCaching {
  /** Each REC requests them from the origin. */
  readonly kept: readonly string[];
  /** Origin Shield alone requests them from the origin. */
  readonly shielded: readonly string[];
  /** Each request at each POP reaches the origin. */
  readonly uncached: readonly string[];
  /** The Regions of Origin Shield, each once. */
  readonly shieldRegions: readonly string[];
  /** Objects of a distribution that are samples with scope `regional`. */
  readonly samples: number;
}

/** Most samples of a distribution with scope `regional`: one for each cache behavior that shows which REC answered. */
const MAX_SAMPLES = 3;

export function urlsByCaching(urls: readonly string[], behaviourOf: BehaviourOfUrl): UrlsByCaching {
  const kept: string[] = [];
  const shielded: string[] = [];
  const uncached: string[] = [];
  const shieldRegions = new Set<string>();
  const keptPatterns = new Set<string>();
  for (const url of urls) {
    const { uncached: isUncached = false, origin_shield: region, path_pattern: pattern } = behaviourOf(url) ?? {};
    if (isUncached) uncached.push(url);
    else if (region === undefined) {
      kept.push(url);
      keptPatterns.add(pattern ?? "");
    } else {
      shielded.push(url);
      shieldRegions.add(region);
    }
  }
  const samples = Math.min(MAX_SAMPLES, keptPatterns.size);
  return { kept, shielded, uncached, shieldRegions: [...shieldRegions], samples };
}

/** Objects of a request: each URL in each variant. */
export interface ObjectSizes {
  readonly count: number;
  /** Bytes of all objects together. */
  readonly bytes: number;
  /** Bytes of one check of each of them. */
  readonly checkBytes: number;
  /** Bytes of the smallest one, which is the sample with scope `regional`. */
  readonly smallest: number;
}

/** Expected tasks of one POP, the bytes of their objects, and their requests and transferred bytes. */
export interface PopTraffic {
  readonly pop: string;
  readonly tasks: number;
  readonly size: number;
  readonly requests: number;
  readonly bytes: number;
}

/** Expected traffic of each POP, if every URL is good, every POP resolves, and no cache has an object yet. */
export function edgeTraffic(settings: WarmingSettings, urls: UrlsByCaching, objects: ObjectSizes): PopTraffic[] {
  const { downloads, checks } = taskRequests(settings);
  const { count, bytes, checkBytes } = objects;
  const uncachedShare = urls.uncached.length / Math.max(1, urlCount(urls));
  return groupsOf(settings.pops).flatMap((group) => {
    const tried = 1 - uncachedShare + uncachedShare * (triedPops(settings, group.length) / group.length);
    return group.map(({ pop }, i): PopTraffic => {
      if (settings.scope === "regional" && i > 0) return samplesAt(pop, urls.samples, objects);
      return {
        pop,
        tasks: count,
        size: bytes,
        requests: tried * count * (downloads + checks),
        bytes: tried * (downloads * bytes + checks * checkBytes),
      };
    });
  });
}

/** A sample transfers as much as a check: a large object is left at its head. */
function samplesAt(pop: string, samples: number, { smallest }: ObjectSizes): PopTraffic {
  const bytes = samples * checkBytesOf(smallest);
  return { pop, tasks: samples, size: samples * smallest, requests: samples, bytes };
}

/** Sum of one figure over POPs. */
export function totalOf(traffic: readonly PopTraffic[], figure: "tasks" | "size" | "requests" | "bytes"): number {
  return traffic.reduce((sum, it) => sum + it[figure], 0);
}

/**
 * POPs under a REC that request an object that no cache keeps. Under limits for the origin, followers wait for the proof of their lead, so
 * those after {@link MAX_FAILED_LEADS} leads do not request it. Otherwise, every POP does.
 */
function triedPops({ verify, scope, origin }: WarmingSettings, pops: number): number {
  if (scope === "regional") return 1;
  return verify !== "off" && isLimited(origin) ? Math.min(pops, MAX_FAILED_LEADS) : pops;
}

function groupsOf(pops: readonly string[]) {
  return recGroups(pops.map((pop) => ({ pop, label: "" })));
}

function urlCount({ kept, shielded, uncached }: UrlsByCaching): number {
  return kept.length + shielded.length + uncached.length;
}

/**
 * Expected requests for objects that reach the origin, if no cache has any of them yet and all that may be kept is kept. All downloads under
 * a REC come from one request of the REC. CloudFront consolidates the requests of several RECs to Origin Shield at the same time.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html
 * @param variants of each URL
 */
export function originFetches(
  settings: WarmingSettings,
  urls: UrlsByCaching,
  variants: number,
): Estimate["origin_fetches"] {
  const { kept, shielded, uncached, shieldRegions } = urls;
  const groups = groupsOf(settings.pops);
  const { downloads, checks } = taskRequests(settings);
  const tried = groups.reduce((sum, { length }) => sum + triedPops(settings, length), 0);
  const fetches = variants * uncached.length * (downloads + checks) * tried;
  return {
    expected: variants * (kept.length * groups.length + shielded.length * Math.min(1, groups.length)) + fetches,
    size_questions: variants * urlCount(urls),
    origin_shield: [...shieldRegions],
    uncached: { urls: uncached.length, fetches, examples: uncached.slice(0, MAX_EXAMPLES) },
  };
}

/** Most URLs that are named as examples. */
const MAX_EXAMPLES = 5;
