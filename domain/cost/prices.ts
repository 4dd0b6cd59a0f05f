import type { PriceRegion } from "../pops/sites.ts";

/** Month in which the prices were looked up. */
export const PRICES_AS_OF = "2026-11";

// Where they stand: https://aws.amazon.com/<service>/pricing/, of cloudfront, ec2 and dynamodb (on-demand/), vpc, sqs, lambda.

/** List prices of us-east-1 in dollars, without free tiers. */
export const PRICE = {
  sqsCall: 0.4e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  dynamoStorageGbMonth: 0.25,
  lambdaGbSecond: 1.33334e-5,
  lambdaCall: 0.2e-6,
  publicAddressHour: 0.005,
  /** A path that is invalidated, beyond the free ones of a month. */
  invalidationPath: 0.005,
} as const;

export const FREE_INVALIDATION_PATHS = 1_000;

/** On-Demand, a vCPU-hour, by family. All sizes of a family cost the same a vCPU. */
export const VCPU_HOUR: Readonly<Record<string, number>> = {
  c7gn: 0.0624,
  c6gn: 0.0432,
  m7g: 0.0408,
  c7g: 0.03625,
  c6g: 0.034,
};

/** What Spot takes of the On-Demand price, about. */
export const SPOT_SHARE = 0.4;

/** What CloudFront bills in one of its regions, to viewers: an EC2 instance is one. */
export interface EdgePrice {
  /** A GB of each step of a month: {@link EDGE_STEPS_GB}. */
  readonly gigabyte: readonly number[];
  /** A request. */
  readonly https: number;
  readonly http: number;
}

/** How many GB of a month each step has. */
export const EDGE_STEPS_GB = [10_000, 40_000, 100_000, 350_000, 524_000, 4_000_000, Number.POSITIVE_INFINITY] as const;

/**
 * By price region. The pages list the prices of a GB for all regions; those of requests could be looked up for the United States and
 * Asia alone, and are elsewhere what they were when last seen. China is a service of its own, priced in yuan: it has no row.
 */
export const EDGE_PRICE: Readonly<Record<Exclude<PriceRegion, "china">, EdgePrice>> = {
  northAmerica: { gigabyte: [0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02], https: 1e-6, http: 0.75e-6 },
  europe: { gigabyte: [0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02], https: 1.2e-6, http: 0.9e-6 },
  africaMiddleEast: { gigabyte: [0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04], https: 1.2e-6, http: 0.9e-6 },
  southAmerica: { gigabyte: [0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04], https: 2.2e-6, http: 1.6e-6 },
  japan: { gigabyte: [0.114, 0.089, 0.086, 0.084, 0.08, 0.07, 0.06], https: 1.2e-6, http: 0.9e-6 },
  oceania: { gigabyte: [0.114, 0.098, 0.094, 0.092, 0.09, 0.085, 0.08], https: 1.25e-6, http: 0.9e-6 },
  asia: { gigabyte: [0.12, 0.1, 0.095, 0.09, 0.08, 0.07, 0.06], https: 1.2e-6, http: 0.9e-6 },
  india: { gigabyte: [0.109, 0.085, 0.082, 0.08, 0.078, 0.075, 0.072], https: 1.2e-6, http: 0.9e-6 },
};
