import type { Logger } from "@aws-lambda-powertools/logger";
import type { AsyncFunction } from "../../aws/async-function.ts";
import type { Distributions } from "../../aws/distributions.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import { withoutQueries } from "../../domain/log-fields.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { AliasUnclearError } from "../../domain/net/resolver.ts";
import { type AllowedDistributions, type Distribution, problemWith } from "../../domain/request/distributions.ts";
import {
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
} from "../../domain/request/find-distributions.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { RetryLostError } from "../not-good.ts";
import { forEachKey, RESERVE_MS, streamKeysSchema } from "../runtime.ts";
import { type MeasureUrlsDeps, measureUrls } from "./measure-urls.ts";
import { type Work, type WorkDeps, workOf } from "./work.ts";

export interface GetSizeDeps extends MeasureUrlsDeps, WorkDeps {
  readonly lists: WorkDeps["lists"] & MeasureUrlsDeps["lists"];
  readonly requests: Pick<RequestTable, "get" | "advance" | "end">;
  readonly distributions: Pick<Distributions, "own">;
  readonly dns: Resolver;
  readonly expandFunction: Pick<AsyncFunction, "invoke">;
  readonly allowed: AllowedDistributions;
  readonly logger: Pick<Logger, "info">;
}

/**
 * CREATED → CHECK_POP, or FAILED when no URL can be read. A request with sources is handed to Expand, and comes back once
 * they are read. Run twice, it does no harm: the second finds another status.
 */
export function createHandler(deps: GetSizeDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> =>
    forEachKey(streamKeysSchema.parse(event), async ({ req_id: reqId = "" }) => {
      const item = await deps.requests.get(reqId);
      const sources = item?.sources ?? [];
      if (item?.status === "CREATED" && sources.length > 0) await deps.expandFunction.invoke(reqId);
      else if (item !== undefined && isReady(item))
        await askSizes(deps, item, () => context.getRemainingTimeInMillis());
    });
}

function isReady({ status, expanded }: RequestItem): boolean {
  return status === "CREATED" || (status === "EXPANDING" && expanded !== undefined);
}

/** @param left milliseconds that this run may still take */
async function askSizes(deps: GetSizeDeps, item: RequestItem, left: () => number): Promise<void> {
  const reqId = item.req_id;
  const fail = (reason: string) => deps.requests.end(reqId, "FAIL", { reason });
  const work = await workOf(deps, item).catch(unclear);
  if ("unclear" in work) return void (await fail(work.unclear));
  const found = await distributionsOf(deps, item, work).catch(unclear);
  if ("unclear" in found) return void (await fail(found.unclear));
  const { distributions } = found;
  const refused = notAllowed(deps, distributions);
  if (refused !== undefined) return void (await fail(refused));
  const budget = timeBudget(left(), new Date(), parseTimestamp(item.timeout_at));
  const asking = { ...item, ...work.fields };
  const measured = await measureUrls(deps, asking, found, work, budget);
  const { firstProblem = "", doubtful, ...counts } = measured;
  // Examples stay out of the log: a URL's query may be a secret.
  const said = { ...counts, mayNotBeKept: doubtful.count, firstProblem: withoutQueries(firstProblem) };
  deps.logger.info("Sizes asked", { req_id: reqId, ...said });
  const doubts = doubtful.count === 0 ? {} : { may_not_be_kept: doubtful };
  const fields = { distributions, ...work.fields, ...doubts };
  if (counts.good > 0) await deps.requests.advance(reqId, "SIZES_READ", fields);
  else if (counts.bad > 0) await fail(`No URL can be read; the first: ${firstProblem}`);
  else await fail(`Nothing of the request ${item.retry_of} is left to be tried again`);
}

/** Found here, before the first question: sizes must be asked for under the very host that the agents use. */
async function distributionsOf(deps: GetSizeDeps, item: RequestItem, work: Work): Promise<FoundDistributions> {
  const hosts = new Set([...work.known, ...work.asked].map(({ url }) => new URL(url).hostname));
  return findDistributions(item.cf_domain, [...hosts], {
    own: () => deps.distributions.own(),
    alias: (name) => deps.dns.alias(name),
  });
}

/** Said here before anything is asked of a distribution that this deployment may not warm. */
function notAllowed({ allowed }: GetSizeDeps, distributions: readonly Distribution[]): string | undefined {
  return distributions
    .map(({ id, domain, hosts, label }) => problemWith(allowed, id, domain ?? hosts?.[0] ?? label))
    .find((problem) => problem !== undefined);
}

/** Not to be mended by trying again for hours, as everything else here is: its caller is told what to do. */
function unclear(error: unknown): { readonly unclear: string } {
  const isClear = [AliasUnclearError, NoDistributionError, RetryLostError].some((kind) => error instanceof kind);
  if (isClear && error instanceof Error) return { unclear: error.message };
  throw error;
}

/** Of a request's time, sizes may take so much: they serve its percentage, and its downloads have to fit, too. */
const SHARE = 0.25;

/** How long sizes may be asked for, in milliseconds, on a function that has `remainingMs` left. */
export function timeBudget(remainingMs: number, now: Date, timeoutAt: Date): number {
  const share = (timeoutAt.getTime() - now.getTime()) * SHARE;
  return Math.max(0, Math.min(remainingMs - RESERVE_MS, share));
}
