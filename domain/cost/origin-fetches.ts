import type { BehaviourOfUrl } from "../distribution/stored-settings.ts";
import { MAX_FAILED_LEADS } from "../plan/followers.ts";
import { recGroups } from "../plan/target.ts";
import { recOf } from "../pops/sites.ts";
import { type Downloads, isLimited, maxDownloads, type OriginLimits, type Scope } from "../request/options.ts";
import type { Verify } from "../result/outcome.ts";
import type { Estimate } from "./estimate.ts";

/** Where and how URLs are asked for. */
export interface Asking {
  readonly pops: readonly string[];
  readonly verify: Verify;
  readonly downloads?: Downloads | undefined;
  readonly scope?: Scope | undefined;
  readonly origin?: OriginLimits | undefined;
}

/** URLs by what their cache behaviour makes of their requests. Where nobody knows it, they are `kept`. */
export interface UrlsByCaching {
  /** Each REC asks the origin. */
  readonly kept: readonly string[];
  /** Origin Shield alone asks the origin. */
  readonly shielded: readonly string[];
  /** Each request at each POP reaches the origin. */
  readonly uncached: readonly string[];
  /** The Regions of Origin Shield, each once. */
  readonly shieldRegions: readonly string[];
}

export function urlsByCaching(urls: readonly string[], behaviourOf: BehaviourOfUrl): UrlsByCaching {
  const kept: string[] = [];
  const shielded: string[] = [];
  const uncached: string[] = [];
  const shieldRegions = new Set<string>();
  for (const url of urls) {
    const { uncached: isUncached = false, origin_shield: region } = behaviourOf(url) ?? {};
    if (isUncached) uncached.push(url);
    else if (region === undefined) kept.push(url);
    else {
      shielded.push(url);
      shieldRegions.add(region);
    }
  }
  return { kept, shielded, uncached, shieldRegions: [...shieldRegions] };
}

/** Requests of a task: its downloads, and the check after them unless the request has verify=off. */
export function requestsPerTask(asking: Pick<Asking, "verify" | "downloads" | "scope">): number {
  return maxDownloads(asking) + (asking.verify === "off" ? 0 : 1);
}

/**
 * Number of tasks of an object that no cache keeps in which it is requested. Where followers wait for the proof of their lead, those after
 * {@link MAX_FAILED_LEADS} leads do not ask: always under limits for the origin, otherwise if the headers of the object forbid caching,
 * which nobody knows before. Without a proof, nobody notices.
 */
function uncachedTasks({ pops, verify, origin }: Asking, forbidsCaching = false): number {
  if (verify === "off" || (!forbidsCaching && !isLimited(origin))) return pops.length;
  return groupsOf(pops).reduce((sum, { length }) => sum + Math.min(length, MAX_FAILED_LEADS), 0);
}

/** Share of the tasks whose object is requested: below 1 where a cache keeps nothing and two leads decide. */
export function requestedShare(asking: Asking, { kept, shielded, uncached }: UrlsByCaching): number {
  const cached = kept.length + shielded.length;
  const tasks = (cached + uncached.length) * asking.pops.length;
  if (tasks === 0) return 1;
  return (cached * asking.pops.length + uncached.length * uncachedTasks(asking)) / tasks;
}

function groupsOf(pops: readonly string[]) {
  return recGroups(pops.map((pop) => ({ pop, label: "" })));
}

/**
 * How often an origin is asked for objects, if no cache has any of them yet and all that may be kept is kept. CloudFront consolidates what
 * several RECs ask of Origin Shield at the same time, without a promise: at worst, each lead's request reaches the origin.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html
 * @param variants of each URL
 */
export function originFetches(
  asking: Asking,
  { kept, shielded, uncached, shieldRegions }: UrlsByCaching,
  variants: number,
): Estimate["origin_fetches"] {
  const { pops } = asking;
  const known = new Set(pops.map(recOf).filter((rec) => rec !== undefined)).size;
  // POPs of an unknown REC have one, maybe that of other POPs.
  const recs = Math.max(known, Math.min(1, pops.length));
  const shields = Math.min(1, pops.length);
  const groups = groupsOf(pops).length;
  const perUncached = (forbidsCaching = false) => uncachedTasks(asking, forbidsCaching) * requestsPerTask(asking);
  const total = (perKept: number, perShielded: number, its = perUncached()) =>
    variants * (kept.length * perKept + shielded.length * perShielded + uncached.length * its);
  return {
    expected: total(groups, shields),
    least: total(recs, shields, perUncached(true)),
    most: total(groups, groups),
    size_questions: variants * (kept.length + shielded.length + uncached.length),
    origin_shield: [...shieldRegions],
    uncached: {
      urls: uncached.length,
      fetches: variants * uncached.length * perUncached(),
      examples: uncached.slice(0, MAX_EXAMPLES),
    },
  };
}

/** So many URLs are named as examples. */
const MAX_EXAMPLES = 5;
