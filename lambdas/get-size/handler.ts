import type { Distribution } from "../../contracts/distribution.ts";
import { listKeys } from "../../contracts/list-keys.ts";
import { withoutQueries } from "../../contracts/log-fields.ts";
import type { RequestItem } from "../../contracts/request-item.ts";
import { keysOf, streamKeysSchema } from "../adapters/stream-event.ts";
import type { GetSizeDeps } from "./deps.ts";
import { findDistributions } from "./find-distributions.ts";
import { measureUrls } from "./measure-urls.ts";

/** CREATED → CHECK_POP, or FAILED when no URL can be read. Run twice, it does no harm: the second finds another status. */
export function createHandler(deps: GetSizeDeps) {
  return async (event: unknown): Promise<void> => {
    for (const { req_id: reqId = "" } of keysOf(streamKeysSchema.parse(event))) {
      const item = await deps.requests.get(reqId);
      if (item?.status !== "CREATED") continue;
      const distributions = await distributionsOf(deps, item);
      const measured = await measureUrls(deps, item, distributions);
      const { firstProblem = "" } = measured;
      deps.logger.info("Sizes asked", { req_id: reqId, ...measured, firstProblem: withoutQueries(firstProblem) });
      if (measured.good > 0) await deps.requests.advance(reqId, "CREATED", "CHECK_POP", { distributions });
      else
        await deps.requests.end(reqId, "FAILED", { reason: `No URL can be read; the first: ${measured.firstProblem}` });
    }
  };
}

/** Found here, before the first question: sizes must be asked for under the very host that the agents use. */
async function distributionsOf(deps: GetSizeDeps, item: RequestItem): Promise<Distribution[]> {
  const hosts = new Set<string>();
  if (item.cf_domain === undefined) {
    for await (const [url = ""] of deps.lists.read(listKeys.urls(item.req_id))) hosts.add(new URL(url).hostname);
  }
  return findDistributions(item.cf_domain, [...hosts], {
    own: () => deps.distributions.own(),
    alias: (name) => deps.dns.alias(name),
  });
}
