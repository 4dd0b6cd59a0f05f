/** A list price of us-east-1, without free tiers and discounts. */
export interface Price {
  readonly dollars: number;
  /** What the dollars pay for, in the singular. */
  readonly unit: string;
  /** AWS's page. */
  readonly link: string;
  /** Month in which it was read. @default PRICES_AS_OF */
  readonly asOf?: string;
}

/** Month in which the prices were read on AWS's pages, unless a price has its own. */
export const PRICES_AS_OF = "2026-11";

/** The prices of a page of AWS. */
export function pricesOf(page: string) {
  const link = `https://aws.amazon.com/${page}/`;
  return (dollars: number, unit: string): Price => ({ dollars, unit, link });
}

const dynamodb = pricesOf("dynamodb/pricing/on-demand");
const ec2 = pricesOf("ec2/pricing/on-demand");
const lambda = pricesOf("lambda/pricing");

/** The prices of what a request uses, but those of instances and of CloudFront's traffic. In China, AWS bills in yuan. */
export const PRICE = {
  sqsCall: pricesOf("sqs/pricing")(0.4e-6, "call"),
  dynamoWriteUnit: dynamodb(0.625e-6, "write request unit"),
  dynamoReadUnit: dynamodb(0.125e-6, "read request unit"),
  dynamoStorageGbMonth: dynamodb(0.25, "GB-month"),
  lambdaGbSecond: lambda(1.33334e-5, "Arm GB-second"),
  lambdaCall: lambda(0.2e-6, "request"),
  publicAddressHour: pricesOf("vpc/pricing")(0.005, "hour"),
  /** A path that is invalidated, beyond the free ones of a month. */
  invalidationPath: pricesOf("cloudfront/pricing")(0.005, "path"),
} satisfies Readonly<Record<string, Price>>;

/** Of an account and month. */
export const FREE_INVALIDATION_PATHS = 1_000;

/**
 * The price of a vCPU-hour of the newest families, from the table that Karpenter generates from AWS's Price List API:
 * https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/pricing/zz_generated.pricing_aws.go
 */
const fromPriceList = (dollars: number): Price => ({ ...ec2(dollars, "vCPU-hour"), asOf: "2026-01" });

/** On-Demand, by family. All sizes of a family cost the same a vCPU. */
export const VCPU_HOUR: Readonly<Record<string, Price>> = {
  c8gn: fromPriceList(0.05925),
  c8g: fromPriceList(0.03988),
  m8g: fromPriceList(0.04488),
  c7gn: ec2(0.0624, "vCPU-hour"),
  c6gn: ec2(0.0432, "vCPU-hour"),
  m7g: ec2(0.0408, "vCPU-hour"),
  c7g: ec2(0.03625, "vCPU-hour"),
  c6g: ec2(0.034, "vCPU-hour"),
};

/** What Spot takes of the On-Demand price, about. No list has it: it changes with supply and demand. */
export const SPOT_SHARE = 0.4;

/** How many GB of a month each price tier has. */
export const EDGE_PRICE_TIERS_GB = [
  10_000,
  40_000,
  100_000,
  350_000,
  524_000,
  4_000_000,
  Number.POSITIVE_INFINITY,
] as const;

/**
 * What CloudFront bills in one of its price regions, to viewers: an EC2 instance is one.
 * @param countries ISO 3166-1 alpha-2, of those that have a site in the catalogue
 * @param gigabyte a GB of each tier of a month: {@link EDGE_PRICE_TIERS_GB}
 * @param https a request
 */
function edge(countries: readonly string[], gigabyte: readonly number[], https: number, http: number) {
  return { countries, gigabyte, https, http };
}

/**
 * By price region. The page of CloudFront's prices lists those of a GB for all regions; those of requests could be read for the United
 * States and Asia alone, and are elsewhere what they were when last seen. The price list counts Türkiye to Europe, the table of price
 * classes to the Middle East. China is a service of its own, priced in yuan: it has no row.
 */
export const EDGE_PRICE = {
  northAmerica: edge(["CA", "MX", "US"], [0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02], 1e-6, 0.75e-6),
  europe: edge(
    [
      "AT",
      "BE",
      "BG",
      "CH",
      "CZ",
      "DE",
      "DK",
      "ES",
      "FI",
      "FR",
      "GB",
      "GR",
      "HR",
      "HU",
      "IE",
      "IL",
      "IT",
      "NL",
      "NO",
      "PL",
      "PT",
      "RO",
      "SE",
      "TR",
    ],
    [0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02],
    1.2e-6,
    0.9e-6,
  ),
  africaMiddleEast: edge(
    ["AE", "BH", "EG", "KE", "NG", "OM", "QA", "SA", "ZA"],
    [0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04],
    1.2e-6,
    0.9e-6,
  ),
  southAmerica: edge(["AR", "BR", "CL", "CO", "PE"], [0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04], 2.2e-6, 1.6e-6),
  japan: edge(["JP"], [0.114, 0.089, 0.086, 0.084, 0.08, 0.07, 0.06], 1.2e-6, 0.9e-6),
  oceania: edge(["AU", "NZ"], [0.114, 0.098, 0.094, 0.092, 0.09, 0.085, 0.08], 1.25e-6, 0.9e-6),
  asia: edge(
    ["HK", "ID", "KR", "MY", "PH", "SG", "TH", "TW", "VN"],
    [0.12, 0.1, 0.095, 0.09, 0.08, 0.07, 0.06],
    1.2e-6,
    0.9e-6,
  ),
  india: edge(["IN"], [0.109, 0.085, 0.082, 0.08, 0.078, 0.075, 0.072], 1.2e-6, 0.9e-6),
};

/** A region that CloudFront has a price for in dollars. */
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
 * The one in the middle of the types by vCPUs, of a family with a known price if there is one: EC2 picks what Spot has most of, and nobody
 * can tell which.
 * @param types of the stack's `instanceTypes`
 * @param spotPrice dollars an hour, as whoever deployed it knows; undefined: a share of the On-Demand price
 * @param onDemandPercent of the instances, from 0 to 100
 */
export function instanceKind(types: readonly string[], spotPrice?: number, onDemandPercent = 0): InstanceKind {
  const sizes = types.map(vcpusOf).toSorted((a, b) => a - b);
  const vcpus = sizes[Math.floor((sizes.length - 1) / 2)] ?? 2;
  const ofThatSize = types.filter((it) => vcpusOf(it) === vcpus);
  const type = ofThatSize.find((it) => Object.hasOwn(VCPU_HOUR, familyOf(it))) ?? ofThatSize[0] ?? "c7gn.large";
  const onDemandHour = onDemandOf(type, vcpus);
  const spotHour = spotPrice ?? onDemandHour * SPOT_SHARE;
  const hour = spotHour + (onDemandPercent / 100) * (onDemandHour - spotHour);
  return { type, vcpus, spotHour, hour, onDemandPercent };
}

function familyOf(type: string): string {
  return type.split(".")[0] ?? "";
}

/** Dollars of an hour. Of a family without a price: that of the dearest. */
function onDemandOf(type: string, vcpus: number): number {
  const dearest = Math.max(...Object.values(VCPU_HOUR).map(({ dollars }) => dollars));
  return (VCPU_HOUR[familyOf(type)]?.dollars ?? dearest) * vcpus;
}
