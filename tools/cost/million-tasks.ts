import { billedRegion } from "../../domain/cost/bill.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import { instanceKind, type PriceRegion } from "../../domain/cost/prices.ts";
import { SITES } from "../../domain/pops/sites.ts";
import { DEFAULT_CAPS } from "../../domain/request/caps.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { StackTemplate } from "../stack-template.ts";

/** A million tasks: so many URLs at so many POPs. */
export const MILLION = { urls: 5_000, pops: 200, objectBytes: 1e4 };

/**
 * What `dry_run` answers for a million tasks of 10 KB: a request with nothing but the fields that it must have, to a stack with the
 * parameters' defaults.
 * @param region where all POPs are billed
 */
export function millionTasks(template: StackTemplate, region: PriceRegion = "northAmerica"): Estimate {
  const types = String(template.Parameters["instanceTypes"]?.Default ?? "").split(",");
  const url_list = Array.from({ length: MILLION.urls }, (_, i) => `https://www.example.com/${i}`);
  const rules = { reqId: "", now: 0, caps: DEFAULT_CAPS };
  const { item, urls, body } = checkPrewarmRequest({ url_list, timeout: 60, instance_count: 1 }, rules);
  return estimateRequest({
    item: { ...item, pops: Array<string>(MILLION.pops).fill(popIn(region)) },
    urls,
    timeoutMinutes: body.timeout,
    paths: 0,
    lowerBound: false,
    sources: [],
    distributions: 1,
    sizes: Array.from({ length: MILLION.urls }, () => ({ size: MILLION.objectBytes })),
    kind: instanceKind(types),
    caps: DEFAULT_CAPS,
    activeRequests: 1,
  });
}

function popIn(region: PriceRegion): string {
  const site = SITES.find(({ iata }) => billedRegion(`${iata}50-P1`) === region);
  if (site === undefined) throw new Error(`The catalogue has no site in ${region}`);
  return `${site.iata}50-P1`;
}
