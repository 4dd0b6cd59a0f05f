import {
  estimateWarnings,
  formsToSample,
  pathCount,
  type SourcesSeen,
  sourceWarnings,
  wouldFail,
} from "../../domain/api/dry-run.ts";
import type { Estimated } from "../../domain/api/started-answer.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { hostOf } from "../../domain/net/urls.ts";
import {
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
  notAllowed,
} from "../../domain/request/find-distributions.ts";
import { variantNames } from "../../domain/request/options.ts";
import { notYetRead } from "../../domain/request/source.ts";
import { inTime } from "../../domain/retry.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { ApiDeps } from "./deps.ts";
import { checkRoom } from "./start-request.ts";

/** API Gateway ends a call after 29 s, and the checks before may have taken ten of them. */
const READ_MS = 5_000;
const FIND_MS = 3_000;
const SAMPLE_MS = 6_000;

/**
 * Body of POST /prewarm with `dry_run`: what the request would come to. Nothing is made; sizes are asked for at the distribution.
 * @param warnings of the checks before
 * @throws ApiError 400 as without it
 */
export async function dryRun(deps: ApiDeps, asked: PrewarmRequest, warnings: readonly string[]): Promise<Estimated> {
  const activeRequests = await checkRoom(deps);
  const { dns, ports } = deps;
  const { sampleSizes } = await deps.loadProbes();
  const read = await readSources(deps, asked);
  const request = { ...asked, urls: read.urls };
  const found = await lookUpDistributions(deps, request);
  const { urls, pops, order, verify, timeoutMinutes, instanceCount } = request;
  const estimate = estimateRequest({
    urls,
    pops,
    order,
    verify,
    timeoutMinutes,
    instanceCount,
    activeRequests,
    sizes:
      found.distributions.length === 0
        ? []
        : await sampleSizes({ dns, ports, request, ...found, timeMs: SAMPLE_MS }, formsToSample(request)),
    caps: deps.caps,
    kind: deps.kind,
    variants: variantNames(request.variants).length,
    originPerSecond: request.origin?.requests_per_second,
    paths: request.needInvalidate ? pathCount(urls) : 0,
    distributions: Math.max(1, found.distributions.length),
    sources: read.sources,
    lowerBound: !read.isAll,
  });
  const all = [...warnings, ...sourceWarnings(read), ...found.warnings, ...estimateWarnings(estimate, request)];
  return {
    status: "Success",
    error_message: "",
    error_urls: [],
    request_id: "",
    timestamp: formatTimestamp(deps.now()),
    timeout_at: "",
    estimate,
    warnings: all.length === 0 ? undefined : all,
  };
}

/** The URLs, with those of sources as far as they can be read now. */
async function readSources(deps: ApiDeps, request: PrewarmRequest): Promise<SourcesSeen> {
  const { dns, ports, caps } = deps;
  const { urls, sources } = request;
  if (sources.length === 0) return { urls, sources: [], isAll: true, problem: undefined };
  try {
    const own = await inTime(FIND_MS, deps.distributions.own());
    const { readSourcesFor } = await deps.loadProbes();
    return await readSourcesFor({ dns, ports, caps, own, timeMs: READ_MS }, request);
  } catch (error) {
    deps.logger.warn("A dry run could not read its sources", { error: errorFields(error) });
    return { urls, sources: sources.map(notYetRead), isAll: false, problem: undefined };
  }
}

type LookedUp = FoundDistributions & { readonly warnings: readonly string[] };

/** What Get Size would find, or why it would end the request. */
async function lookUpDistributions(deps: ApiDeps, { cfDomain, urls }: PrewarmRequest): Promise<LookedUp> {
  const hosts = [...new Set(urls.map(hostOf))];
  const none = (...warnings: string[]): LookedUp => ({ distributions: [], refused: new Map(), warnings });
  if (hosts.length === 0 && cfDomain === undefined) return none();
  const sources = { own: () => deps.distributions.own(), alias: (name: string) => deps.dns.alias(name) };
  try {
    const found = await inTime(FIND_MS, findDistributions(cfDomain, hosts, sources));
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
