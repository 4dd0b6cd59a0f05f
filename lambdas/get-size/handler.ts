import type { Logger } from "@aws-lambda-powertools/logger";
import type { Distributions } from "../../aws/distributions.ts";
import { AliasUnclearError, type Dns } from "../../aws/dns.ts";
import type { EndingRequestTable } from "../../aws/ending-request-table.ts";
import { type AllowedDistributions, problemWith } from "../../domain/request/allowed-distributions.ts";
import type { Distribution } from "../../domain/request/distribution.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import { withoutQueries } from "../../domain/telemetry/log-fields.ts";
import { findDistributions, NoDistributionError } from "../find-distributions.ts";
import { forEachKey, streamKeysSchema } from "../stream-event.ts";
import { type MeasureUrlsDeps, measureUrls } from "./measure-urls.ts";
import { timeBudget } from "./time-budget.ts";

export interface GetSizeDeps extends MeasureUrlsDeps {
  readonly requests: Pick<EndingRequestTable, "get" | "advance" | "end">;
  readonly distributions: Pick<Distributions, "own">;
  readonly dns: MeasureUrlsDeps["dns"] & Pick<Dns, "alias">;
  readonly allowed: AllowedDistributions;
  readonly logger: Pick<Logger, "info">;
}

/** CREATED → CHECK_POP, or FAILED when no URL can be read. Run twice, it does no harm: the second finds another status. */
export function createHandler(deps: GetSizeDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> =>
    forEachKey(streamKeysSchema.parse(event), async ({ req_id: reqId = "" }) => {
      const item = await deps.requests.get(reqId);
      if (item?.status === "CREATED") await askSizes(deps, item, context.getRemainingTimeInMillis());
    });
}

async function askSizes(deps: GetSizeDeps, item: RequestItem, remainingMs: number): Promise<void> {
  const reqId = item.req_id;
  const distributions = await distributionsOf(deps, item).catch(unclear);
  const fail = (reason: string) => deps.requests.end(reqId, "FAILED", { reason });
  if ("unclear" in distributions) return void (await fail(distributions.unclear));
  const refused = notAllowed(deps, distributions);
  if (refused !== undefined) return void (await fail(refused));
  const budget = timeBudget(remainingMs, new Date(), parseTimestamp(item.timeout_at));
  const measured = await measureUrls(deps, item, distributions, budget);
  const { firstProblem = "", doubtful, ...counts } = measured;
  // Examples stay out of the log: a URL's query may be a secret.
  const said = { ...counts, mayNotBeKept: doubtful.count, firstProblem: withoutQueries(firstProblem) };
  deps.logger.info("Sizes asked", { req_id: reqId, ...said });
  const fields = { distributions, ...(doubtful.count === 0 ? {} : { may_not_be_kept: doubtful }) };
  if (counts.good > 0) await deps.requests.advance(reqId, "CREATED", "CHECK_POP", fields);
  else await fail(`No URL can be read; the first: ${firstProblem}`);
}

/** Found here, before the first question: sizes must be asked for under the very host that the agents use. */
async function distributionsOf(deps: GetSizeDeps, item: RequestItem): Promise<Distribution[]> {
  const hosts = new Set<string>();
  if (item.cf_domain === undefined) {
    for await (const url of deps.lists.read(LISTS.urls, item.req_id)) hosts.add(new URL(url).hostname);
  }
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
  if (error instanceof AliasUnclearError || error instanceof NoDistributionError) return { unclear: error.message };
  throw error;
}
