import type { Estimate } from "../cost/estimate.ts";
import { samplePlaces } from "../cost/size-sample.ts";
import { beyondCap } from "../request/caps.ts";
import { invalidationPath } from "../request/invalidation.ts";
import { variantNames } from "../request/options.ts";
import type { SourceRead } from "../request/source.ts";
import { firstOf } from "../validation/api-error.ts";
import type { PrewarmRequest } from "../validation/prewarm-request.ts";

/** What sources named, as far as they were read. */
export interface SourcesSeen {
  /** With those of the caller, which come first. */
  readonly urls: readonly string[];
  readonly sources: readonly SourceRead[];
  /** Whether there is nothing left to read. */
  readonly isAll: boolean;
  /** Why the request would end; undefined: nothing was seen that would end it. */
  readonly problem: string | undefined;
}

export function sourceWarnings({ isAll, problem, sources }: SourcesSeen): string[] {
  if (problem !== undefined) return [wouldFail(problem)];
  if (isAll) return [];
  const left = firstOf(
    sources.filter(({ done }) => !done).map(({ from }) => from),
    3,
  );
  return [`sources: not all could be read for this answer (${left}), so all figures are lower bounds`];
}

/** A URL in a variant; without one, in its only form. */
export interface Form {
  readonly url: string;
  readonly variant: string | undefined;
}

/** The forms whose sizes are looked at. A URL's variants stand together, as in the list of good URLs. */
export function formsToSample({ urls, variants }: Pick<PrewarmRequest, "urls" | "variants">): Form[] {
  const names = variantNames(variants);
  return samplePlaces(urls.length * names.length, urls[0] ?? "").flatMap((place) => {
    const url = urls[Math.floor(place / names.length)];
    return url === undefined ? [] : [{ url, variant: names[place % names.length] }];
  });
}

/** How many paths would be invalidated: of both schemes and of all variants it is one. */
export function pathCount(urls: readonly string[]): number {
  const paths = urls.map((text) => {
    const url = new URL(text);
    const it = invalidationPath(url);
    return "path" in it ? `${url.hostname}${it.path}` : "";
  });
  return new Set(paths).size;
}

export function wouldFail(problem: string): string {
  return `dry_run: this request would end as FAILED: ${problem}`;
}

/** How an estimate says that a request would end before it is done, as warnings. */
export function estimateWarnings(
  { bytes, instances, caps }: Estimate,
  { maxBytes = Number.POSITIVE_INFINITY, timeoutMinutes }: Pick<PrewarmRequest, "maxBytes" | "timeoutMinutes">,
): string[] {
  const [size, low] = [bytes.estimate ?? 0, bytes.low ?? 0];
  const end = (bound: number) => `dry_run: this request ${low > bound ? "would" : "may"} end as FAILED`;
  const cap = caps.find((it) => it.cap === "maxRequestBytes")?.limit ?? Number.POSITIVE_INFINITY;
  const minutes = instances.minutes_to_finish;
  return [
    beyondCap({ maxRequestBytes: cap }, "maxRequestBytes", end(cap), size),
    size > maxBytes && `${end(maxBytes)}: about ${size} bytes, and max_bytes is ${maxBytes}`,
    minutes !== null &&
      minutes > timeoutMinutes &&
      `timeout: it would take about ${minutes} minutes, and is stopped after ${timeoutMinutes}`,
    minutes === null && "instance_count: is 0, so nothing is downloaded unless instances are running or are set later",
    bytes.unreadable > 0 &&
      `url_list: ${bytes.unreadable} of ${bytes.sampled} that were asked cannot be read; the first: ${bytes.first_problem}`,
  ].filter((warning) => typeof warning === "string");
}
