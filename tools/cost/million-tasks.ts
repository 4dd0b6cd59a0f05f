import { billedRegion } from "../../domain/cost/bill.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import { instanceKind, type PriceRegion } from "../../domain/cost/prices.ts";
import { SITES } from "../../domain/pops/sites.ts";
import { DEFAULT_ORDER } from "../../domain/request/options.ts";
import { DEFAULT_VERIFY } from "../../domain/result/outcome.ts";
import { DEFAULT_CAPS } from "../local/default-caps.ts";
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
  return estimateRequest({
    urls: Array.from({ length: MILLION.urls }, (_, i) => `https://www.example.com/${i}`),
    variants: 1,
    pops: Array<string>(MILLION.pops).fill(popIn(region)),
    order: DEFAULT_ORDER,
    verify: DEFAULT_VERIFY,
    timeoutMinutes: 60,
    instanceCount: 1,
    originPerSecond: undefined,
    paths: 0,
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
