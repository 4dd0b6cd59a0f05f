import type { Estimated } from "../../domain/api/started-answer.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import { samplePlaces } from "../../domain/cost/size-sample.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { hostOf } from "../../domain/net/urls.ts";
import { beyondCap } from "../../domain/request/caps.ts";
import {
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
  notAllowed,
} from "../../domain/request/find-distributions.ts";
import { invalidationPath } from "../../domain/request/invalidation.ts";
import { variantNames } from "../../domain/request/options.ts";
import { notYetRead } from "../../domain/request/source.ts";
import { inTime } from "../../domain/retry.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { firstOf } from "../../domain/validation/api-error.ts";
import type { PrewarmBody } from "../../domain/validation/bodies.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { ApiDeps } from "./deps.ts";
import type { Form, SourcesSeen } from "./dry-run-probes.ts";
import { checkRoom } from "./start-request.ts";

/** API Gateway ends a call after 29 s, and the checks before may have taken ten of them. */
const READ_MS = 5_000;
const FIND_MS = 3_000;
const SAMPLE_MS = 6_000;

/**
 * Body of POST /prewarm with `dry_run`: what the request would come to. Nothing is made; sizes are asked for at the distribution.
 * @throws ApiError 400 as without it
 */
export async function dryRun(deps: ApiDeps, body: PrewarmBody, request: PrewarmRequest): Promise<Estimated> {
  const { item } = request;
  const activeRequests = await checkRoom(deps);
  const { dns, ports, caps, kind } = deps;
  const { sampleSizes } = await deps.loadProbes();
  const { urls, sources, isAll, problem } = await readSources(deps, request);
  const found = await lookUpDistributions(deps, item.cf_domain, urls);
  const variants = variantNames(item.variants);
  const estimate = estimateRequest({
    urls,
    pops: item.pops,
    order: item.order,
    verify: item.verify,
    timeoutMinutes: body.timeout,
    instanceCount: item.instance_count,
    activeRequests,
    sizes:
      found.distributions.length === 0
        ? []
        : await sampleSizes({ dns, ports, request: item, ...found, timeMs: SAMPLE_MS }, formsToSample(urls, variants)),
    caps,
    kind,
    variants: variants.length,
    originPerSecond: item.origin?.requests_per_second,
    paths: item.need_invalidate ? pathCount(urls) : 0,
    distributions: Math.max(1, found.distributions.length),
    sources,
    lowerBound: !isAll,
  });
  const warnings = [...request.warnings];
  if (problem !== undefined) warnings.push(wouldFail(problem));
  else if (!isAll) {
    const left = firstOf(sources.filter(({ done }) => !done).map(({ from }) => from));
    warnings.push(`sources: not all could be read for this answer (${left}), so all figures are lower bounds`);
  }
  warnings.push(...found.warnings, ...estimateWarnings(estimate, body));
  return {
    status: "Success",
    error_message: "",
    error_urls: [],
    request_id: "",
    timestamp: formatTimestamp(deps.now()),
    timeout_at: "",
    estimate,
    warnings: warnings.length === 0 ? undefined : warnings,
  };
}

/** The URLs, with those of sources as far as they can be read now. */
async function readSources(deps: ApiDeps, request: PrewarmRequest): Promise<SourcesSeen> {
  const { dns, ports, caps } = deps;
  const { sources } = request.item;
  if (sources === undefined) return { urls: request.urls, sources: [], isAll: true, problem: undefined };
  try {
    const own = await inTime(FIND_MS, deps.distributions.own());
    const { readSourcesFor } = await deps.loadProbes();
    return await readSourcesFor({ dns, ports, caps, own, timeMs: READ_MS }, request);
  } catch (error) {
    deps.logger.warn("A dry run could not read its sources", { error: errorFields(error) });
    return { urls: request.urls, sources: sources.map(notYetRead), isAll: false, problem: undefined };
  }
}

type LookedUp = FoundDistributions & { readonly warnings: readonly string[] };

/** What Get Size would find, or why it would end the request. */
async function lookUpDistributions(
  deps: ApiDeps,
  domain: string | undefined,
  urls: readonly string[],
): Promise<LookedUp> {
  const hosts = [...new Set(urls.map(hostOf))];
  const none = (...warnings: string[]): LookedUp => ({ distributions: [], refused: new Map(), warnings });
  if (hosts.length === 0 && domain === undefined) return none();
  const sources = { own: () => deps.distributions.own(), alias: (name: string) => deps.dns.alias(name) };
  try {
    const found = await inTime(FIND_MS, findDistributions(domain, hosts, sources));
    const problem = notAllowed(deps.allowed, found.distributions);
    if (problem !== undefined) return none(wouldFail(problem));
    const [first] = found.refused.values();
    const more = found.refused.size > 1 ? ` (and ${found.refused.size - 1} more hosts)` : "";
    const bad = `dry_run: the URLs of a host would not be warmed: ${first}${more}`;
    return { ...found, warnings: first === undefined ? [] : [bad] };
  } catch (error) {
    if (error instanceof NoDistributionError) return none(wouldFail(error.message));
    deps.logger.warn("A dry run could not find its distributions", { error: errorFields(error) });
    return none("dry_run: the distributions could not be looked up, so no size is known");
  }
}

/** The forms whose sizes are looked at. A URL's variants stand together, as in the list of good URLs. */
function formsToSample(urls: readonly string[], names: readonly (string | undefined)[]): Form[] {
  return samplePlaces(urls.length * names.length, urls[0] ?? "").map((place) => ({
    url: urls[Math.floor(place / names.length)] ?? "",
    variant: names[place % names.length],
  }));
}

/** How many paths would be invalidated: of both schemes and of all variants it is one. */
function pathCount(urls: readonly string[]): number {
  const paths = urls.map((text) => {
    const url = new URL(text);
    const it = invalidationPath(url);
    return "path" in it ? `${url.hostname}${it.path}` : "";
  });
  return new Set(paths).size;
}

function wouldFail(problem: string): string {
  return `dry_run: this request would end as FAILED: ${problem}`;
}

/** How an estimate says that a request would end before it is done, as warnings. */
function estimateWarnings(
  { bytes, instances, caps }: Estimate,
  { max_bytes: maxBytes = Number.POSITIVE_INFINITY, timeout }: PrewarmBody,
): string[] {
  const [size, low] = [bytes.estimate ?? 0, bytes.low ?? 0];
  const end = (bound: number) => `dry_run: this request ${low > bound ? "would" : "may"} end as FAILED`;
  const cap = caps.find((it) => it.cap === "maxRequestBytes")?.limit ?? Number.POSITIVE_INFINITY;
  const minutes = instances.minutes_to_finish;
  return [
    beyondCap({ maxRequestBytes: cap }, "maxRequestBytes", end(cap), size),
    size > maxBytes && `${end(maxBytes)}: about ${size} bytes, and max_bytes is ${maxBytes}`,
    minutes !== null &&
      minutes > timeout &&
      `timeout: it would take about ${minutes} minutes, and is stopped after ${timeout}`,
    minutes === null && "instance_count: is 0, so nothing is downloaded unless instances are running or are set later",
    bytes.unreadable > 0 &&
      `url_list: ${bytes.unreadable} of ${bytes.sampled} that were asked cannot be read; the first: ${bytes.first_problem}`,
  ].filter((warning) => typeof warning === "string");
}
