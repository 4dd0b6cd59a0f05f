import type { Estimated } from "../../domain/api/started-answer.ts";
import { firstOf } from "../../domain/collections.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import { samplePlaces } from "../../domain/cost/size-sample.ts";
import { urlBehaviours } from "../../domain/distribution/stored-settings.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { type DailyUse, dailyProblem } from "../../domain/request/daily-use.ts";
import { type Distribution, distributionOf } from "../../domain/request/distributions.ts";
import { coverOf, spelledPath } from "../../domain/request/invalidation.ts";
import { variantNames } from "../../domain/request/options.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { notYetRead } from "../../domain/request/source.ts";
import { withTimeout } from "../../domain/retry.ts";
import { namedHosts } from "../../domain/sources/found-urls.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import type { PrewarmBody } from "../../domain/validation/bodies.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { SizeQuestion } from "../../probe/size/measure-urls.ts";
import type { ApiDeps } from "./deps.ts";
import { adaptToSettings, FIND_MS, lookUpDistributions } from "./distributions.ts";
import type { ReadSources } from "./dry-run-probes.ts";
import { skippedUrlsThatFit } from "./query.ts";
import { checkActiveLimit, checkDailyLimits } from "./start-request.ts";

/** API Gateway ends a call after 29 s. The checks before may have taken 12 of them, and looking distributions up takes six at most. */
const READ_MS = 4_000;
const SAMPLE_MS = 5_000;

/**
 * Body of POST /prewarm with `dry_run`: what the request would come to. Nothing is made; sizes are asked for at the distribution.
 * @param retried the request that it tries again; undefined: none
 * @throws ApiError 400 as without it
 */
export async function dryRun(
  deps: ApiDeps,
  body: PrewarmBody,
  asked: PrewarmRequest,
  retried: RequestItem | undefined,
): Promise<Estimated> {
  await checkActiveLimit(deps);
  const request = await adaptToSettings(deps, asked, { retried, isStarting: false });
  const { day, used } = await checkDailyLimits(deps, request);
  const { item } = request;
  const { dns, ports, caps, kind } = deps;
  const { sampleSizes } = await deps.loadProbes();
  const { urls, sources, isAll, problem } = await readSources(deps, request);
  const isNamed = urls.length > 0 || item.cf_domain !== undefined;
  const found = isNamed ? await lookUpDistributions(deps, request, urls) : undefined;
  // Nothing is asked of a distribution that must not be warmed.
  const usable = found?.problem === undefined ? found : undefined;
  const { distributions, refused } = usable ?? { distributions: [], refused: new Map<string, string>() };
  const distributionCount = Math.max(1, distributions.length);
  const estimate = estimateRequest({
    item,
    urls,
    sizes:
      distributions.length === 0
        ? []
        : await sampleSizes(
            { dns, ports, request: item, distributions, refused, timeMs: SAMPLE_MS },
            questionsFor(urls, variantNames(item.variants)),
          ),
    kind,
    paths: pathCount(item, urls, distributions),
    distributions: distributionCount,
    behaviourOf: urlBehaviours(item, request.idOf),
    excludedPops: request.excludedPops,
    sources,
    lowerBound: !isAll,
  });
  const unread = firstOf(sources.filter(({ done }) => !done).map(({ from }) => from));
  const [firstRefused] = refused.values();
  const warnings = [
    ...request.warnings,
    problem !== undefined && `${WOULD_FAIL}: ${problem}`,
    problem === undefined &&
      !isAll &&
      `sources: not all could be read within the time of this call (${unread}), so all figures are lower bounds`,
    isNamed && found === undefined && "dry_run: the distributions could not be looked up, so no size is known",
    found?.problem !== undefined && `${WOULD_FAIL}: ${found.problem}`,
    firstRefused !== undefined &&
      `dry_run: hosts whose URLs would not be warmed: ${refused.size}; the first: ${firstRefused}`,
    ...estimateWarnings(estimate, body, { caps, day, used }),
  ].filter((warning) => typeof warning === "string");
  return {
    status: "Success",
    error_message: "",
    error_urls: [],
    request_id: "",
    timestamp: formatTimestamp(deps.now()),
    timeout_at: "",
    pop_selection: request.popSelection,
    estimate,
    warnings: warnings.length === 0 ? undefined : warnings,
    skipped_urls: skippedUrlsThatFit(request.skippedUrls),
  };
}

const WOULD_FAIL = "dry_run: this request would end as FAILED";

/** The URLs, with those of sources as far as they can be read now. */
async function readSources(deps: ApiDeps, request: PrewarmRequest): Promise<ReadSources> {
  const { sources } = request.item;
  if (sources === undefined) return { urls: request.urls, sources: [], isAll: true, problem: undefined };
  try {
    const { readSourcesFor } = await deps.loadProbes();
    const names = namedHosts(request.item, request.urls);
    const accountDistributions = await withTimeout(FIND_MS, deps.distributions.listFor(names));
    const { dns, ports, caps } = deps;
    return await readSourcesFor({ dns, ports, caps, accountDistributions, timeMs: READ_MS }, request);
  } catch (error) {
    deps.logger.warn("A dry run could not read its sources", { error: errorFields(error) });
    return { urls: request.urls, sources: sources.map(notYetRead), isAll: false, problem: undefined };
  }
}

/** The sizes that are asked for. A URL's variants stand together, as in the list of good URLs. */
function questionsFor(urls: readonly string[], names: readonly (string | undefined)[]): SizeQuestion[] {
  return samplePlaces(urls.length * names.length, urls[0] ?? "").map((place) => ({
    url: urls[Math.floor(place / names.length)] ?? "",
    variants: [names[place % names.length]],
  }));
}

/** How many paths would be invalidated: of both schemes, all aliases and all variants it is one, and CloudFront counts a tag as a path. */
function pathCount(
  { need_invalidate, invalidate }: RequestItem,
  urls: readonly string[],
  distributions: readonly Distribution[],
): number {
  const { paths = [], tags = [] } = invalidate ?? {};
  const named = (paths.length + tags.length) * Math.max(1, distributions.length);
  if (!need_invalidate) return named;
  const isCovered = coverOf(paths);
  const own = urls.map((url) => new URL(url)).filter((url) => !isCovered(url));
  const pathOf = (url: URL) => {
    const { tenant, label = url.hostname } = distributionOf(distributions, url.hostname) ?? {};
    return (tenant ?? label) + spelledPath(url);
  };
  return named + new Set(own.map(pathOf)).size;
}

/** `https://www.example.com/gone.css: HTTP 404` */
function firstUnreadable({ unreadable_urls: [first] = [] }: Estimate["bytes"]): string {
  return `${first?.url}: ${first?.error}`;
}

/** Warnings that a request would end before it is done. @param limits of the deployment; `used`: by other requests of the day */
function estimateWarnings(
  { urls, variants, bytes, transferred_bytes: transferred, instances, tasks }: Estimate,
  { max_bytes: maxBytes = Number.POSITIVE_INFINITY, timeout }: PrewarmBody,
  { caps, day, used }: { readonly caps: Caps; readonly day: string; readonly used: DailyUse },
) {
  const size = transferred ?? 0;
  const isExact = bytes.unknown === 0 && bytes.sampled === urls * variants;
  const end = isExact ? WOULD_FAIL : "dry_run: this request may end as FAILED";
  const minutes = instances.minutes_to_finish;
  const daily = dailyProblem(day, used, { total_count: tasks, transferred_bytes: size }, caps);
  return [
    beyondCap(caps, "maxRequestBytes", end, size),
    daily !== undefined && `${end}: ${daily}`,
    size > maxBytes && `${end}: about ${size} transferred bytes exceed max_bytes, which is ${maxBytes}`,
    minutes !== null &&
      minutes > timeout &&
      `timeout: the request needs about ${minutes} minutes, but times out after ${timeout}`,
    minutes === null && "instance_count: is 0, so nothing is downloaded unless instances are running or are set later",
    bytes.unreadable > 0 &&
      `url_list: ${bytes.unreadable} of ${bytes.sampled} sampled URLs cannot be read; the first: ${firstUnreadable(bytes)}`,
  ];
}
