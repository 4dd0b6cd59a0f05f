import type { Logger } from "@aws-lambda-powertools/logger";
import type { Distributions } from "../../aws/distributions.ts";
import type { Estimated } from "../../domain/api/started-answer.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import type { InstanceKind } from "../../domain/cost/prices.ts";
import { placesToLookAt, type SeenSize } from "../../domain/cost/size-sample.ts";
import { errorFields } from "../../domain/log-fields.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { hostOf } from "../../domain/net/urls.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import {
  type AllowedDistributions,
  type Distribution,
  type OwnDistribution,
  problemWith,
} from "../../domain/request/distributions.ts";
import {
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
} from "../../domain/request/find-distributions.ts";
import { invalidationPath } from "../../domain/request/invalidation.ts";
import { variantNames } from "../../domain/request/options.ts";
import { notYetRead } from "../../domain/request/source.ts";
import { inTime } from "../../domain/retry.ts";
import type { PrewarmBody } from "../../domain/validation/bodies.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { timestamp } from "./query.ts";
import type { SourcesSeen } from "./read-sources.ts";
import type { Form } from "./sample-sizes.ts";
import { checkRoom, type RoomDeps } from "./start-request.ts";

/** API Gateway ends a call after 29 s, and the checks before may have taken ten of them. */
const READ_MS = 5_000;
const FIND_MS = 3_000;
const SAMPLE_MS = 6_000;

export interface DryRunDeps extends RoomDeps {
  readonly distributions: Pick<Distributions, "own">;
  readonly dns: Resolver;
  readonly allowed: AllowedDistributions;
  readonly caps: Caps;
  readonly kind: InstanceKind;
  readonly logger: Pick<Logger, "warn">;
  readonly now: () => Date;
  readonly readSources: (request: PrewarmRequest, own: readonly OwnDistribution[], ms: number) => Promise<SourcesSeen>;
  readonly sampleSizes: (
    request: PrewarmRequest,
    distributions: readonly Distribution[],
    forms: readonly Form[],
    ms: number,
  ) => Promise<SeenSize[]>;
}

/** Fields that say nothing where nothing is made. */
export function ignoredInDryRun({ client_token: token }: Pick<PrewarmBody, "client_token">): string[] {
  return token === undefined
    ? []
    : ["client_token: ignored, because a dry run makes no request that it could stand for"];
}

/**
 * Body of POST /prewarm with `dry_run`: what the request would come to. Nothing is made; sizes are asked for at the distribution.
 * @param warnings of the checks before
 * @throws RefusedError 400 as without it
 */
export async function dryRun(deps: DryRunDeps, asked: PrewarmRequest, warnings: readonly string[]): Promise<Estimated> {
  const activeRequests = await checkRoom(deps);
  const read = await sourcesOf(deps, asked);
  const request = { ...asked, urls: read.urls };
  const found = await distributionsOf(deps, request);
  const sizes = found.distributions.length === 0 ? [] : await sizesOf(deps, request, found);
  const { variants, instanceCount, timeoutMinutes, pops, order, verify, urls, origin } = request;
  const estimate = estimateRequest({
    urls,
    pops,
    order,
    verify,
    timeoutMinutes,
    instanceCount,
    activeRequests,
    sizes,
    caps: deps.caps,
    kind: deps.kind,
    variants: variantNames(variants).length,
    originPerSecond: origin?.requests_per_second,
    paths: request.needInvalidate ? pathCount(urls) : 0,
    distributions: Math.max(1, found.distributions.length),
    sources: read.sources,
    lowerBound: !read.isAll,
  });
  const all = [...warnings, ...warningsOf(read), ...found.warnings, ...foreseen(estimate, request)];
  return {
    status: "Success",
    error_message: "",
    error_urls: [],
    request_id: "",
    timestamp: timestamp(deps),
    timeout_at: "",
    estimate,
    ...(all.length === 0 ? {} : { warnings: all }),
  };
}

/** The URLs, with those of sources as far as they can be read now. */
async function sourcesOf(deps: DryRunDeps, request: PrewarmRequest): Promise<SourcesSeen> {
  const { urls, sources } = request;
  if (sources.length === 0) return { urls, sources: [], isAll: true, problem: undefined };
  try {
    const own = await inTime(FIND_MS, deps.distributions.own());
    return await deps.readSources(request, own, READ_MS);
  } catch (error) {
    deps.logger.warn("A dry run could not read its sources", { error: errorFields(error) });
    return { urls, sources: sources.map(notYetRead), isAll: false, problem: undefined };
  }
}

function warningsOf({ isAll, problem, sources }: SourcesSeen): string[] {
  if (problem !== undefined) return [wouldFail(problem)];
  if (isAll) return [];
  const left = sources.filter(({ done }) => !done).map(({ from }) => from);
  const more = left.length > 3 ? ` and ${left.length - 3} more` : "";
  return [
    `sources: not all could be read for this answer (${left.slice(0, 3).join(", ")}${more}), so all figures are lower bounds`,
  ];
}

/** What Get Size would find, or why it would end the request. */
async function distributionsOf(
  deps: DryRunDeps,
  { cfDomain, urls }: PrewarmRequest,
): Promise<FoundDistributions & { readonly warnings: readonly string[] }> {
  const hosts = [...new Set(urls.map(hostOf))];
  const none = { distributions: [], refused: new Map<string, string>() };
  if (hosts.length === 0 && cfDomain === undefined) return { ...none, warnings: [] };
  const sources = { own: () => deps.distributions.own(), alias: (name: string) => deps.dns.alias(name) };
  try {
    const found = await inTime(FIND_MS, findDistributions(cfDomain, hosts, sources));
    const problem = found.distributions
      .map(({ id, domain, hosts: its, label }) => problemWith(deps.allowed, id, domain ?? its?.[0] ?? label))
      .find((it) => it !== undefined);
    return problem === undefined
      ? { ...found, warnings: refusals(found.refused) }
      : { ...none, warnings: [wouldFail(problem)] };
  } catch (error) {
    if (error instanceof NoDistributionError) return { ...none, warnings: [wouldFail(error.message)] };
    deps.logger.warn("A dry run could not find its distributions", { error: errorFields(error) });
    return { ...none, warnings: ["dry_run: the distributions could not be looked up, so no size is known"] };
  }
}

/** What of the URLs would be bad whatever a server says. */
function refusals(refused: ReadonlyMap<string, string>): string[] {
  const [first] = refused.values();
  if (first === undefined) return [];
  const more = refused.size > 1 ? ` (and ${refused.size - 1} more hosts)` : "";
  return [`dry_run: the URLs of a host would not be warmed: ${first}${more}`];
}

function wouldFail(problem: string): string {
  return `dry_run: this request would end as FAILED: ${problem}`;
}

/** Without an answer to any of it, there still is an estimate. */
async function sizesOf(
  deps: DryRunDeps,
  request: PrewarmRequest,
  { distributions, refused }: FoundDistributions,
): Promise<SeenSize[]> {
  const names = variantNames(request.variants);
  const places = placesToLookAt(request.urls.length * names.length, request.urls[0] ?? "");
  // A URL's variants stand together, as in the list of good URLs.
  const forms = places.flatMap((place) => {
    const url = request.urls[Math.floor(place / names.length)];
    return url === undefined ? [] : [{ url, variant: names[place % names.length] }];
  });
  const problems = forms.map(({ url }) => refused.get(hostOf(url)));
  const asked = forms.filter((_, i) => problems[i] === undefined);
  const sizes = asked.length === 0 ? [] : await deps.sampleSizes(request, distributions, asked, SAMPLE_MS);
  // In the order of the forms: of each, its refusal or the next size.
  return problems.map((problem) => (problem === undefined ? (sizes.shift() ?? "unknown") : { problem }));
}

/** Of both schemes and of all variants it is one path. */
function pathCount(urls: readonly string[]): number {
  const paths = urls.map((text) => {
    const url = new URL(text);
    const it = invalidationPath(url);
    return "path" in it ? `${url.hostname}${it.path}` : "";
  });
  return new Set(paths).size;
}

/** How an estimate says that a request would end before it is done, as warnings. */
export function foreseen(
  { bytes, instances, caps }: Estimate,
  { maxBytes, timeoutMinutes }: Pick<PrewarmRequest, "maxBytes" | "timeoutMinutes">,
): string[] {
  const { estimate = 0, low = 0 } = bytes;
  const cap = caps.find((it) => it.cap === "maxRequestBytes")?.limit ?? Number.POSITIVE_INFINITY;
  const tooMuch = beyondCap({ maxRequestBytes: cap }, "maxRequestBytes", likely(low, cap), estimate ?? 0);
  const minutes = instances.minutes_to_finish;
  return [
    ...(tooMuch === undefined ? [] : [tooMuch]),
    ...(maxBytes !== undefined && (estimate ?? 0) > maxBytes
      ? [`${likely(low, maxBytes)}: about ${estimate} bytes, and max_bytes is ${maxBytes}`]
      : []),
    ...(minutes !== null && minutes > timeoutMinutes
      ? [`timeout: it would take about ${minutes} minutes, and is stopped after ${timeoutMinutes}`]
      : []),
    ...(minutes === null
      ? ["instance_count: is 0, so nothing is downloaded unless instances are running or are set later"]
      : []),
    ...(bytes.unreadable > 0
      ? [
          `url_list: ${bytes.unreadable} of ${bytes.sampled} that were asked cannot be read; the first: ${bytes.first_problem}`,
        ]
      : []),
  ];
}

function likely(low: number | null, bound: number): string {
  return (low ?? 0) > bound ? "dry_run: this request would end as FAILED" : "dry_run: this request may end as FAILED";
}
