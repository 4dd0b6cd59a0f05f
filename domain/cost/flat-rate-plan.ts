import { FLAT_RATE_PLAN_NAMES, type FlatRatePlan } from "../request/options.ts";
import { edgeRequests, edgeTraffic, type UrlsByCaching, urlCount, type WarmingSettings } from "./edge-traffic.ts";

/**
 * Requests of a month that each of CloudFront's flat-rate plans includes. There is no charge beyond them, but CloudFront may slow down what
 * exceeds them. CloudFront's API does not tell the plan of a distribution, so the caller does, or whoever deployed the stack.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html
 */
const FLAT_RATE_PLANS: Readonly<Record<FlatRatePlan, number>> = {
  free: 1_000_000,
  pro: 10_000_000,
  business: 125_000_000,
  premium: 500_000_000,
};

/** The plan that includes so many requests a month; undefined: none does. */
export function planWith(monthlyRequests: number): FlatRatePlan | undefined {
  return FLAT_RATE_PLAN_NAMES.find((plan) => FLAT_RATE_PLANS[plan] === monthlyRequests);
}

/** What of a plan's month so many requests use. */
export interface PlanUse {
  readonly plan: FlatRatePlan;
  readonly monthly_requests: number;
  readonly requests: number;
  /** 1 is all of the month. */
  readonly share: number;
}

export function shareOfPlan(plan: FlatRatePlan, requests: number): PlanUse {
  const monthly = FLAT_RATE_PLANS[plan];
  return { plan, monthly_requests: monthly, requests, share: requests / monthly };
}

/** Requests of a plan's month that a request uses, if every URL is good and every POP resolves. */
export function planUse(plan: FlatRatePlan, settings: WarmingSettings, urls: UrlsByCaching, variants: number): PlanUse {
  const count = urlCount(urls) * variants;
  const unsized = { count, bytes: 0, checkBytes: 0, smallest: 0, sampleBytes: 0 };
  return shareOfPlan(plan, edgeRequests(edgeTraffic(settings, urls, unsized), count));
}

/** That a request goes beyond the month of its plan; empty: it does not, or it has none. */
export function planWarnings(use: PlanUse | undefined): string[] {
  if (use === undefined || use.share <= 1) return [];
  const { plan, requests, monthly_requests: monthly } = use;
  return [
    `flat_rate_plan: this request makes ${requests} requests, more than the ${monthly} that the plan ${plan} includes in a month; CloudFront may slow down the requests beyond that`,
  ];
}
