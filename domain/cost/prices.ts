/** Month in which the prices were read on AWS's pages: list prices of us-east-1, without free tiers and discounts. In China, AWS bills in yuan. */
export const PRICES_AS_OF = "2026-11";

/** Dollars of an hour of a public IPv4 address. https://aws.amazon.com/vpc/pricing/ */
export const PUBLIC_ADDRESS_HOUR = 0.005;

/** Dollars of an invalidated path beyond the free ones of an account and month. https://aws.amazon.com/cloudfront/pricing/ */
export const INVALIDATION_PATH = 0.005;
export const FREE_INVALIDATION_PATHS = 1_000;

/**
 * Dollars of DynamoDB, SQS and Lambda per million tasks, from what docs/benchmarks.md measured and the list prices that it has:
 *
 * - 0.846 for the results. Each is one write unit (0.625), is read once by the recount, consistently and in pages, with 700 bytes (0.021),
 *   and is stored for a month with 800 bytes (0.2).
 * - 0.013 for the counters: 21 write units for each batch of 1,000 results of 200 POPs. Lambda reads streams without charge.
 * - 0.002 for SQS: 10,000 messages of 100 tasks, which are sent, received and deleted ten at a time.
 * - 0.001 for Lambda: 13 µs of a core for each result, 10 µs to plan each task.
 *
 * A message of one large object costs 60 times as much, which is less than a thousandth of the price of its bytes.
 */
export const PIPELINE_PER_MILLION_TASKS = 0.86;

/** Share of the On-Demand price that Spot costs, about. It changes with supply and demand. */
const SPOT_SHARE = 0.4;

/**
 * Dollars of a vCPU-hour On-Demand, by family; all sizes of a family cost the same. Those of generation 8 are from the table that Karpenter
 * generated from AWS's Price List API in 2026-01.
 * https://aws.amazon.com/ec2/pricing/on-demand/
 * https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/pricing/zz_generated.pricing_aws.go
 */
export const VCPU_HOUR: Readonly<Record<string, number>> = {
  c8gn: 0.05925,
  c8g: 0.03988,
  m8g: 0.04488,
  c7gn: 0.0624,
  c6gn: 0.0432,
  m7g: 0.0408,
  c7g: 0.03625,
  c6g: 0.034,
};

/**
 * Dollars that CloudFront bills in its price regions to viewers, EC2 instances included: for a GB of the first, dearest price tier, and for an
 * HTTPS request; HTTP costs a quarter less. The prices of requests outside the United States and Asia are older. China has no row.
 * `countries`: ISO 3166-1 alpha-2, of those that have a site in the catalogue. https://aws.amazon.com/cloudfront/pricing/
 */
export const EDGE_PRICE = {
  northAmerica: { gigabyte: 0.085, request: 1e-6, countries: "CA MX US" },
  europe: {
    gigabyte: 0.085,
    request: 1.2e-6,
    countries: "AT BE BG CH CZ DE DK ES FI FR GB GR HR HU IE IL IT NL NO PL PT RO SE TR",
  },
  africaMiddleEast: { gigabyte: 0.11, request: 1.2e-6, countries: "AE BH EG KE NG OM QA SA ZA" },
  southAmerica: { gigabyte: 0.11, request: 2.2e-6, countries: "AR BR CL CO PE" },
  japan: { gigabyte: 0.114, request: 1.2e-6, countries: "JP" },
  oceania: { gigabyte: 0.114, request: 1.25e-6, countries: "AU NZ" },
  asia: { gigabyte: 0.12, request: 1.2e-6, countries: "HK ID KR MY PH SG TH TW VN" },
  india: { gigabyte: 0.109, request: 1.2e-6, countries: "IN" },
};

/** Region that CloudFront has a price for in dollars. */
export type PriceRegion = keyof typeof EDGE_PRICE;

/** The kind of instance that a deployment likely runs. */
export interface InstanceKind {
  readonly type: string;
  readonly vcpus: number;
  /** Dollars of an hour on Spot. */
  readonly spotHour: number;
  /** Dollars of an hour of the fleet's mix of Spot and On-Demand Instances. */
  readonly hour: number;
  /** Share of On-Demand Instances, from 0 to 100. */
  readonly onDemandPercent: number;
}

/** vCPUs by what stands before `xlarge` or in its place. */
const VCPUS_BY_SIZE: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };

/** vCPUs of a type; of one that stands for every size, as many as a `large` has. */
export function vcpusOf(type: string): number {
  const size = type.split(".")[1] ?? "";
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  return times === undefined ? (VCPUS_BY_SIZE[size] ?? 2) : 4 * Number(times);
}

/**
 * Chooses the type in the middle by vCPUs, of a family with a known price if there is one. EC2 chooses the type that Spot has most of, which
 * cannot be predicted. A family without a price costs as much as the dearest.
 * @param types of the stack's `instanceTypes`
 * @param spotPrice dollars an hour, a stack parameter; undefined: a share of the On-Demand price
 * @param onDemandPercent of the instances, from 0 to 100
 */
export function instanceKind(types: readonly string[], spotPrice?: number, onDemandPercent = 0): InstanceKind {
  const priceOf = (type: string) => VCPU_HOUR[type.split(".")[0] ?? ""];
  const sizes = types.map(vcpusOf).toSorted((a, b) => a - b);
  const vcpus = sizes[Math.floor((sizes.length - 1) / 2)] ?? 2;
  const ofThatSize = types.filter((it) => vcpusOf(it) === vcpus);
  const type = ofThatSize.find((it) => priceOf(it) !== undefined) ?? ofThatSize[0] ?? "c7gn.large";
  const onDemandHour = (priceOf(type) ?? Math.max(...Object.values(VCPU_HOUR))) * vcpus;
  const spotHour = spotPrice ?? onDemandHour * SPOT_SHARE;
  const hour = spotHour + (onDemandPercent / 100) * (onDemandHour - spotHour);
  return { type, vcpus, spotHour, hour, onDemandPercent };
}
