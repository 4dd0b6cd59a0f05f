import pMap from "p-map";
import { grouped, memoizeByKey } from "../../domain/collections.ts";
import { errorTtlsOf } from "../../domain/distribution/error-caching.ts";
import { ERROR_CACHING_SECONDS } from "../../domain/limits.ts";
import { withoutQueries } from "../../domain/log-fields.ts";
import { type Header, headersToSend } from "../../domain/net/headers.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { hostOf } from "../../domain/net/urls.ts";
import { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import { goodUrlsList, LISTS, type ListStore } from "../../domain/plan/lists.ts";
import type { UrlsToMeasure } from "../../domain/plan/retry-plan.ts";
import { withSamples } from "../../domain/plan/samples.ts";
import type { GoodUrl } from "../../domain/plan/task.ts";
import { popDomain } from "../../domain/pops/select.ts";
import { cloudFrontLabel, type Distribution, distributionOf, requestHost } from "../../domain/request/distributions.ts";
import { type FoundDistributions, noDistribution } from "../../domain/request/find-distributions.ts";
import { headerOf, variantNames } from "../../domain/request/options.ts";
import {
  NO_UNCACHEABLE_URLS,
  type RequestItem,
  type UncacheableUrls,
  withUncacheable,
} from "../../domain/request/request-item.ts";
import type { UnreadableUrl } from "../../domain/result/failure-groups.ts";
import { failureGroupsOf } from "../../domain/result/failure-tally.ts";
import { TimeLimitError, withTimeout } from "../../domain/retry.ts";
import type { ProbePorts } from "../connection.ts";
import type { SizeProblem } from "./size-answer.ts";
import { MAX_PROBES, type Size, SizeProbe } from "./size-probe.ts";

/** POPs that are tried if the distribution's own domain does not resolve. */
const MAX_POP_NAMES = 5;

/** What sizes are requested with. */
export interface MeasureOptions {
  readonly dns: Resolver;
  readonly ports: ProbePorts;
  readonly request: RequestItem;
  readonly distributions: readonly Distribution[];
  /** Hosts that receive no request, with the reason. @default none */
  readonly refused?: FoundDistributions["refused"];
  /** Time limit for all sizes, in milliseconds. */
  readonly timeMs: number;
  /** Enforces the limits of origins. @default for this call alone */
  readonly origins?: OriginLimiterRegistry;
  /** How long an edge caches an error, in milliseconds. @default 11 s */
  readonly errorCachingMs?: number;
  /** Ends the requests. @default never */
  readonly signal?: AbortSignal;
  /** Called with the number of URLs that have an answer, after each. */
  readonly onAnswer?: (count: number) => void;
}

/** The name of a variant; undefined: the request has none. */
type VariantName = string | undefined;

export interface SizeQuestion {
  readonly url: string;
  /** Requested in this order, one after the other: a request may fill a cache. */
  readonly variants: readonly VariantName[];
}

/** A question with an answer for each variant; undefined: none arrived in time. */
type Answered<Q> = Q & { readonly answers: (Size | undefined)[]; order?: number };

/** @throws the reason of the signal */
export async function measureSizes<Q extends SizeQuestion>(
  options: MeasureOptions,
  questions: readonly Q[],
): Promise<readonly Answered<Q>[]> {
  const { dns, ports, request, distributions, refused, timeMs, signal } = options;
  const distributionFor = (host: string) => {
    const distribution = distributionOf(distributions, host);
    if (distribution === undefined) throw new Error(noDistribution(host));
    return distribution;
  };
  const probe = new SizeProbe({
    ports,
    request,
    origins: options.origins ?? new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now }),
    errorTtls: (host) => errorTtlsOf(request.distribution_settings, distributionFor(host).id),
    errorCachingMs: options.errorCachingMs ?? ERROR_CACHING_SECONDS * 1_000,
    requestHost: (url) => requestHost(distributionFor(url.hostname), url),
    addressesOf: memoizeByKey(async (host) => addressesOfFirst(dns, entryPoints(distributionFor(host), request.pops))),
  });
  const headers = new Map<VariantName, readonly Header[]>(
    variantNames(request.variants).map((name) => [name, headersToSend(headerOf(request, name))]),
  );
  const all = questions.map(
    (question): Answered<Q> => ({
      ...question,
      answers: question.variants.map(() => refusalOf(question.url, refused)),
    }),
  );
  let isOver = timeMs <= 0;
  let count = 0;
  const ask = async (question: Answered<Q>) => {
    const { url, variants, answers } = question;
    for (const [i, name] of variants.entries()) {
      if (isOver || answers[i] !== undefined) continue;
      const answer = await probe.size(url, headers.get(name) ?? []);
      // A failure after the time limit is caused by closing the probe.
      if (!isOver) answers[i] = answer;
    }
    if (isOver) return;
    question.order = count++;
    options.onAnswer?.(count);
  };
  try {
    const asked = pMap(all, ask, { concurrency: MAX_PROBES, ...(signal === undefined ? {} : { signal }) });
    await withTimeout(timeMs, asked);
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error;
  } finally {
    isOver = true;
    await probe.close();
  }
  return all;
}

function refusalOf(url: string, refused: MeasureOptions["refused"]): SizeProblem | undefined {
  const problem = refused?.get(hostOf(url));
  return problem === undefined ? undefined : { problem, reason: "no_distribution" };
}

/**
 * Names at which sizes are requested, the most likely first. Each is CloudFront's own: a URL's host or an alias may point
 * elsewhere before a launch, and would let a caller have requests sent to any server.
 */
export function entryPoints({ domain, label, names }: Distribution, pops: readonly string[]): string[] {
  const own = [domain, ...names].find((name) => name !== undefined && cloudFrontLabel(name) === label);
  const ofPops = pops.slice(0, MAX_POP_NAMES).map((pop) => popDomain(label, pop));
  return [...new Set([own ?? `${label}.cloudfront.net`, ...ofPops])];
}

/** Addresses of the first name that resolves. @throws the error of the first name if none resolves */
async function addressesOfFirst(dns: Resolver, names: readonly string[]): Promise<readonly string[]> {
  let first: unknown;
  for (const name of names) {
    try {
      return await dns.addresses(name);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/** The sizes of a request's URLs, by variant: a URL in three variants counts three times. */
interface MeasuredUrls {
  /** The variants of a URL stand together, in their order. */
  readonly good: readonly GoodUrl[];
  /** A URL that is unreadable in all variants for the same reason counts once. */
  readonly bad: readonly UnreadableUrl[];
  /** How many of the good ones have no answer within the time limit. */
  readonly unmeasured: number;
  /** Good URLs whose headers say that caches may not keep them, once each. */
  readonly uncacheable: UncacheableUrls;
}

/**
 * Requests the size of every asked URL in every variant. URLs that do not respond in time are warmed with an unknown size: a slow
 * origin must not prevent the downloads.
 * @throws the reason of the signal
 */
export async function measureUrls(options: MeasureOptions, work: UrlsToMeasure): Promise<MeasuredUrls> {
  const all = variantNames(options.request.variants);
  const good: GoodUrl[] = [];
  const bad: UnreadableUrl[] = [];
  for (const form of work.sized) {
    const refusal = refusalOf(form.url, options.refused);
    if (refusal === undefined) good.push(form);
    else bad.push({ url: form.url, variant: form.variant, ...refusal });
  }
  const questions = work.toProbe.map(({ url, source, variants }) => ({
    url,
    source,
    variants: variants === undefined ? all : all.filter((name) => name !== undefined && variants.includes(name)),
  }));
  let unmeasured = 0;
  let uncacheable = NO_UNCACHEABLE_URLS;
  // In the order of the answers, the unanswered last.
  const orderOf = ({ order = questions.length }) => order;
  const measured = (await measureSizes(options, questions)).toSorted((a, b) => orderOf(a) - orderOf(b));
  for (const answered of measured) {
    const forms = urlVariantRows(answered, all);
    good.push(...forms.good);
    bad.push(...forms.bad);
    const { url, answers } = answered;
    unmeasured += answers.filter((it) => it === undefined).length;
    const obstacle = answers.map((it) => (it !== undefined && "size" in it ? it.obstacle : undefined)).find(Boolean);
    if (obstacle !== undefined) uncacheable = withUncacheable(uncacheable, url, obstacle);
  }
  // One variant of a URL may be known and another one asked.
  const rank = ({ variant }: GoodUrl) => all.indexOf(variant);
  const byUrl = grouped(good, ({ url }) => url);
  const inOrder = [...byUrl.values()].flatMap((forms) => forms.sort((a, b) => rank(a) - rank(b)));
  return {
    good: withSamples(inOrder, options.request, options.distributions),
    bad,
    unmeasured,
    uncacheable,
  };
}

/** Of a request's time, the share that sizes may take: the downloads need the rest. */
export const SIZE_TIME_SHARE = 0.25;

/**
 * Writes the request's lists of good and of bad URLs.
 * @returns fields of its item; or why it ends as FAILED, because nothing can be warmed
 */
export async function writeMeasured(
  lists: ListStore,
  { req_id: reqId, retry_of: retriedId }: RequestItem,
  { good, bad, uncacheable }: MeasuredUrls,
): Promise<
  { readonly fields: Pick<RequestItem, "may_not_be_kept" | "unreadable_urls"> } | { readonly problem: string }
> {
  await lists.write(goodUrlsList(good), reqId, good);
  await lists.write(LISTS.failedUrls, reqId, bad);
  const groups = failureGroupsOf(bad.map((url) => ({ ...url, error: url.problem })));
  await lists.write(LISTS.failedUrlGroups, reqId, groups);
  const readable = new Set(good.map(({ url }) => url));
  const unreadable = new Set(bad.map(({ url }) => url).filter((url) => !readable.has(url))).size;
  if (good.length > 0)
    return {
      fields: {
        ...(uncacheable.count === 0 ? {} : { may_not_be_kept: uncacheable }),
        ...(unreadable === 0 ? {} : { unreadable_urls: unreadable }),
      },
    };
  const first = firstProblem(bad);
  if (first !== undefined)
    return { problem: `No URL can be read; the first is ${withoutQueries(bad[0]?.url ?? "")} (${first})` };
  return { problem: `The request ${retriedId} has no tasks left to retry` };
}

/** Why the first of the bad URLs cannot be read. */
export function firstProblem([first]: MeasuredUrls["bad"]): string | undefined {
  if (first === undefined) return undefined;
  return first.variant === undefined ? first.problem : `${first.problem} (variant ${first.variant})`;
}

/**
 * The rows of a URL in the two lists. One that is unreadable in all variants of the request for the same reason is one row.
 * @param all variants of the request
 */
function urlVariantRows(
  { url, source, variants, answers }: Answered<SizeQuestion & { readonly source?: number | undefined }>,
  all: readonly VariantName[],
): { readonly good: GoodUrl[]; readonly bad: UnreadableUrl[] } {
  const good: GoodUrl[] = [];
  const bad: UnreadableUrl[] = [];
  for (const [i, variant] of variants.entries()) {
    const answer = answers[i];
    if (answer !== undefined && "problem" in answer) bad.push({ url, variant, ...answer });
    else good.push({ url, variant, bytes: answer?.size ?? null, source });
  }
  const [first] = bad;
  const isOne = bad.length === all.length && bad.every(({ problem }) => problem === first?.problem);
  return { good, bad: first !== undefined && isOne ? [{ ...first, variant: undefined }] : bad };
}
