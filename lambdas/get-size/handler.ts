import { toArray } from "../../domain/collections.ts";
import { withoutQueries } from "../../domain/log-fields.ts";
import { AliasUnclearError } from "../../domain/net/resolver.ts";
import { hostsOf } from "../../domain/net/urls.ts";
import { goodUrlsList, LISTS } from "../../domain/plan/lists.ts";
import { RetryLostError, tasksToRetry, type UrlToProbe } from "../../domain/plan/retry-plan.ts";
import type { GoodUrl } from "../../domain/plan/task.ts";
import { findDistributions, NoDistributionError, notAllowedReason } from "../../domain/request/find-distributions.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { failureGroupsOf } from "../../domain/result/failure-tally.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { type MeasureOptions, measureUrls } from "../../probe/size/measure-urls.ts";
import { forEachKey, RESERVE_MS } from "../runtime.ts";
import type { GetSizeDeps } from "./deps.ts";
import { openLimits } from "./limits.ts";

/** Share of a request's time that sizes may take: the downloads need the rest. */
const SIZE_TIME_SHARE = 0.25;

/** Permanent errors, which end the request; all others are retried. Their messages tell the caller what to do. */
const FINAL_ERRORS = [AliasUnclearError, NoDistributionError, RetryLostError];

/** The URLs that a request warms. */
interface Work {
  /** URLs whose size is known already. */
  readonly sized: readonly GoodUrl[];
  readonly toProbe: readonly UrlToProbe[];
  /** Fields of the request's item that follow from it. */
  readonly fields: { readonly pops?: string[]; readonly url_count?: number };
}

/**
 * CREATED → CHECK_POP, or FAILED if no URL can be read. A request with sources goes to Expand first, which invokes this function
 * again. A second run is harmless: it finds another status.
 */
export function createHandler(deps: GetSizeDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> =>
    forEachKey(event, async ({ req_id: reqId = "" }) => {
      const item = await deps.requests.get(reqId);
      if (item?.status === "CREATED" && (item.sources ?? []).length > 0) await deps.expandFunction.invoke(reqId);
      else if (item?.status === "CREATED" || (item?.status === "EXPANDING" && item.expanded !== undefined))
        await askSizes(deps, item, () => context.getRemainingTimeInMillis()).catch(async (error: unknown) => {
          if (!(error instanceof Error) || !FINAL_ERRORS.some((kind) => error instanceof kind)) throw error;
          await deps.requests.end(reqId, "FAIL", { reason: error.message });
        });
    });
}

/** @param remainingMs milliseconds that this run may still take */
async function askSizes(deps: GetSizeDeps, item: RequestItem, remainingMs: () => number): Promise<void> {
  const reqId = item.req_id;
  const fail = async (reason: string) => void (await deps.requests.end(reqId, "FAIL", { reason }));
  const work =
    item.retry_of === undefined ? await workOfList(deps, item) : await workOfRetry(deps, item, item.retry_of);
  // Sizes must be requested with the host that the agents use.
  const hosts = hostsOf([...work.sized, ...work.toProbe].map(({ url }) => url));
  const { distributions, refused } = await findDistributions(item.cf_domain, hosts, deps);
  // Checked before any request to a distribution.
  const notAllowedProblem = notAllowedReason(deps.allowed, distributions);
  if (notAllowedProblem !== undefined) return fail(notAllowedProblem);
  const limits = openLimits(deps, item);
  const options: MeasureOptions = {
    dns: deps.dns,
    ports: deps.ports,
    request: { ...item, ...work.fields },
    distributions,
    refused,
    timeMs: timeBudget(remainingMs(), Date.now(), parseTimestamp(item.timeout_at)),
    origins: limits.origins,
    errorCachingMs: deps.errorCachingMs,
  };
  const measured = await measureUrls(options, work).finally(limits.close);
  const { good, bad, unmeasured, uncacheable } = measured;
  await deps.lists.write(goodUrlsList(good), reqId, good);
  await deps.lists.write(LISTS.failedUrls, reqId, bad);
  await deps.lists.write(
    LISTS.failedUrlGroups,
    reqId,
    failureGroupsOf(bad.map((url) => ({ ...url, error: url.problem }))),
  );
  const [{ problem = "", variant = "" } = {}] = bad;
  const firstProblem = variant === "" ? problem : `${problem} (variant ${variant})`;
  deps.logger.info("Sizes probed", {
    req_id: reqId,
    good: good.length,
    bad: bad.length,
    unmeasured,
    // Examples stay out of the log: a URL's query may be a secret.
    mayNotBeKept: uncacheable.count,
    firstProblem: withoutQueries(firstProblem),
  });
  const doubts = uncacheable.count === 0 ? {} : { may_not_be_kept: uncacheable };
  const fields = { distributions, ...work.fields, ...doubts };
  if (good.length > 0) await deps.requests.advance(reqId, "SIZES_READ", fields);
  else if (bad.length > 0) await fail(`No URL can be read; the first: ${firstProblem}`);
  else await fail(`The request ${item.retry_of} has no tasks left to retry`);
}

/** All URLs of the request's list, read completely before the first size: S3 closes a response that is not read for long. */
async function workOfList({ lists }: GetSizeDeps, { req_id: reqId }: RequestItem): Promise<Work> {
  return { sized: [], toProbe: await toArray(lists.read(LISTS.foundUrls, reqId)), fields: {} };
}

/** For a retry: what is not good in the request that it retries. Writes the list of URLs, too. @throws RetryLostError */
async function workOfRetry(deps: GetSizeDeps, { req_id: reqId }: RequestItem, retriedId: string): Promise<Work> {
  const ended = await deps.requests.get(retriedId);
  if (ended === undefined) throw new RetryLostError(retriedId, "it is gone");
  const { pops, sized: withSources, toProbe } = await tasksToRetry(deps, ended);
  // The numbers of sources refer to the other request.
  const sized = withSources.map(({ source: _, ...good }) => good);
  const urls = new Set([...sized, ...toProbe].map(({ url }) => url));
  await deps.lists.write(LISTS.urls, reqId, urls);
  return { sized, toProbe, fields: { pops: [...pops], url_count: urls.size } };
}

/** How long sizes may be asked for, in milliseconds, on a function that has `remainingMs` left. */
export function timeBudget(remainingMs: number, now: number, timeoutAt: number): number {
  const share = (timeoutAt - now) * SIZE_TIME_SHARE;
  return Math.max(0, Math.min(remainingMs - RESERVE_MS, share));
}
