import { withoutQueries } from "../../domain/log-fields.ts";
import { AliasUnclearError } from "../../domain/net/resolver.ts";
import { hostsOf } from "../../domain/net/urls.ts";
import { RetryLostError, urlsToMeasure } from "../../domain/plan/retry-plan.ts";
import {
  findDistributions,
  NoDistributionError,
  notAllowedReason,
  unlistedProblem,
} from "../../domain/request/find-distributions.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import {
  firstProblem,
  type MeasureOptions,
  measureUrls,
  SIZE_TIME_SHARE,
  writeMeasured,
} from "../../probe/size/measure-urls.ts";
import { forEachKey, RESERVE_MS } from "../runtime.ts";
import type { GetSizeDeps } from "./deps.ts";
import { openLimits } from "./limits.ts";

/** Permanent errors, which end the request; all others are retried. Their messages tell the caller what to do. */
const FINAL_ERRORS = [AliasUnclearError, NoDistributionError, RetryLostError];

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
  const work = await urlsToMeasure(deps, item);
  // Sizes must be requested with the host that the agents use.
  const hosts = hostsOf([...work.sized, ...work.toProbe].map(({ url }) => url));
  const found = await findDistributions(item.cf_domain, hosts, deps);
  const { distributions, refused } = found;
  // Checked before any request to a distribution.
  const problem = notAllowedReason(deps.allowed, found) ?? unlistedProblem(item, found);
  if (problem !== undefined) return fail(problem);
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
  const written = await writeMeasured(deps.lists, item, measured);
  const { good, bad, unmeasured, uncacheable } = measured;
  deps.logger.info("Sizes probed", {
    req_id: reqId,
    good: good.length,
    bad: bad.length,
    unmeasured,
    // Examples stay out of the log: a URL's query may be a secret.
    mayNotBeKept: uncacheable.count,
    firstProblem: withoutQueries(firstProblem(bad) ?? ""),
  });
  if ("problem" in written) return fail(written.problem);
  await deps.requests.advance(reqId, "SIZES_READ", { distributions, ...work.fields, ...written.fields });
}

/** How long sizes may be asked for, in milliseconds, on a function that has `remainingMs` left. */
export function timeBudget(remainingMs: number, now: number, timeoutAt: number): number {
  const share = (timeoutAt - now) * SIZE_TIME_SHARE;
  return Math.max(0, Math.min(remainingMs - RESERVE_MS, share));
}
