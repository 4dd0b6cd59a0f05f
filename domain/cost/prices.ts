import type { PriceRegion } from "../pops/sites.ts";

/** Where a price stands, and when it was read there. */
export interface PriceSource {
  /** AWS's page. */
  readonly link: string;
  /** Month: `2026-11`. */
  readonly read: string;
}

/** A list price of us-east-1, without free tiers and discounts. */
export interface Price extends PriceSource {
  readonly dollars: number;
  /** What the dollars pay for, in the singular. */
  readonly unit: string;
}

const READ = "2026-11";

const listed = (page: string) => {
  const link = `https://aws.amazon.com/${page}/`;
  return (dollars: number, unit: string): Price => ({ dollars, unit, link, read: READ });
};

const cloudfront = listed("cloudfront/pricing");
const cloudwatch = listed("cloudwatch/pricing");
const dynamodb = listed("dynamodb/pricing/on-demand");
const ec2 = listed("ec2/pricing/on-demand");
const lambda = listed("lambda/pricing");
const sqs = listed("sqs/pricing");
const vpc = listed("vpc/pricing");
const xray = listed("xray/pricing");

/** All prices but those of instances and of CloudFront's traffic. In China, AWS bills in yuan. */
export const PRICE = {
  sqsCall: sqs(0.4e-6, "call"),
  dynamoWriteUnit: dynamodb(0.625e-6, "write request unit"),
  dynamoReadUnit: dynamodb(0.125e-6, "read request unit"),
  dynamoStorageGbMonth: dynamodb(0.25, "GB-month"),
  lambdaGbSecond: lambda(1.33334e-5, "Arm GB-second"),
  lambdaCall: lambda(0.2e-6, "request"),
  publicAddressHour: vpc(0.005, "hour"),
  /** A path that is invalidated, beyond the free ones of a month. */
  invalidationPath: cloudfront(0.005, "path"),
  /** Of standard resolution; an alarm on an expression is billed for each metric in it. */
  alarmMetricMonth: cloudwatch(0.1, "metric and month"),
  dashboardMonth: cloudwatch(3, "dashboard and month"),
  /** Billed for the hours in which it has values. */
  customMetricMonth: cloudwatch(0.3, "metric and month"),
  logGb: cloudwatch(0.5, "GB ingested"),
  logStorageGbMonth: cloudwatch(0.03, "GB-month"),
  trace: xray(5e-6, "trace"),
} as const satisfies Readonly<Record<string, Price>>;

/** Of an account and month. */
export const FREE_INVALIDATION_PATHS = 1_000;

const onDemand = (dollars: number): Price => ec2(dollars, "vCPU-hour");

/** On-Demand, by family. All sizes of a family cost the same a vCPU. */
export const VCPU_HOUR: Readonly<Record<string, Price>> = {
  c7gn: onDemand(0.0624),
  c6gn: onDemand(0.0432),
  m7g: onDemand(0.0408),
  c7g: onDemand(0.03625),
  c6g: onDemand(0.034),
};

/** What Spot takes of the On-Demand price, about. No list has it: it changes with supply and demand. */
export const SPOT_SHARE = 0.4;

/** What CloudFront bills in one of its regions, to viewers: an EC2 instance is one. */
export interface EdgePrice extends PriceSource {
  /** A GB of each step of a month: {@link EDGE_STEPS_GB}. */
  readonly gigabyte: readonly number[];
  /** A request. */
  readonly https: number;
  readonly http: number;
}

/** How many GB of a month each step has. */
export const EDGE_STEPS_GB = [10_000, 40_000, 100_000, 350_000, 524_000, 4_000_000, Number.POSITIVE_INFINITY] as const;

const edge = (gigabyte: readonly number[], https: number, http: number): EdgePrice => ({
  gigabyte,
  https,
  http,
  link: PRICE.invalidationPath.link,
  read: READ,
});

/**
 * By price region. The pages list the prices of a GB for all regions; those of requests could be read for the United States and
 * Asia alone, and are elsewhere what they were when last seen. China is a service of its own, priced in yuan: it has no row.
 */
export const EDGE_PRICE: Readonly<Record<Exclude<PriceRegion, "china">, EdgePrice>> = {
  northAmerica: edge([0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02], 1e-6, 0.75e-6),
  europe: edge([0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02], 1.2e-6, 0.9e-6),
  africaMiddleEast: edge([0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04], 1.2e-6, 0.9e-6),
  southAmerica: edge([0.11, 0.105, 0.09, 0.08, 0.06, 0.05, 0.04], 2.2e-6, 1.6e-6),
  japan: edge([0.114, 0.089, 0.086, 0.084, 0.08, 0.07, 0.06], 1.2e-6, 0.9e-6),
  oceania: edge([0.114, 0.098, 0.094, 0.092, 0.09, 0.085, 0.08], 1.25e-6, 0.9e-6),
  asia: edge([0.12, 0.1, 0.095, 0.09, 0.08, 0.07, 0.06], 1.2e-6, 0.9e-6),
  india: edge([0.109, 0.085, 0.082, 0.08, 0.078, 0.075, 0.072], 1.2e-6, 0.9e-6),
};

const reads = [PRICE, VCPU_HOUR, EDGE_PRICE].flatMap((prices) =>
  Object.values<PriceSource>(prices).map(({ read }) => read),
);

/** Month of the oldest price, which an estimate tells. */
export const PRICES_AS_OF = reads.toSorted()[0] ?? READ;

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
const SMALL: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };

/** vCPUs of a type; of one that stands for every size, as many as a `large` has. */
export function vcpusOf(type: string): number {
  const size = type.split(".")[1] ?? "";
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  return times === undefined ? (SMALL[size] ?? 2) : 4 * Number(times);
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
  // The newest families have no entry in VCPU_HOUR yet.
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

/** What the tables of the documents are computed for. */
export const INSTANCE: InstanceKind = instanceKind(["c7gn.large"]);
