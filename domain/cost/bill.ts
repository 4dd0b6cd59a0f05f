import { type PriceRegion, siteOf } from "../pops/sites.ts";
import type { Order } from "../request/options.ts";
import type { Verify } from "../result/outcome.ts";
import type { Estimate } from "./estimate.ts";
import { ownCosts, tasksPerMessage } from "./pipeline-costs.ts";
import { EDGE_PRICE, EDGE_STEPS_GB, FREE_INVALIDATION_PATHS, type InstanceKind, PRICE } from "./prices.ts";
import type { Units } from "./work-time.ts";

export type Line = Estimate["dollars"]["lines"][number];

/** What is paid for. */
export interface Billed {
  readonly pops: readonly string[];
  readonly tasks: number;
  /** URLs times variants. */
  readonly forms: number;
  /** Share of the URLs that are https. */
  readonly secure: number;
  /** Bytes of one POP, those of the checks included. */
  readonly bytesPerPop: number;
  /** Of an object, on average. */
  readonly objectBytes: number;
  readonly requestsPerTask: number;
  readonly instances: number;
  readonly instanceHours: number;
  readonly kind: InstanceKind;
  /** Paths that are invalidated. */
  readonly paths: number;
  /** More tasks than one request may have are several. @default 1 */
  readonly requests?: number;
}

/** How many addresses a POP has, as far as its DNS answers show: two to four. */
const ADDRESSES = 3;

/** How often a task's object is downloaded whole: at one address, or at all of them. */
export function downloadsPerTask(verify: Verify): number {
  return verify === "addresses" ? ADDRESSES : 1;
}

/** Each download is followed by a check that asks for the object again, unless warmth is not to be shown. */
export function requestsPerTask(verify: Verify): number {
  return downloadsPerTask(verify) * (verify === "off" ? 1 : 2);
}

export function billOf(billed: Billed, units: Units): Line[] {
  const { instanceHours, kind, paths } = billed;
  const beyond = Math.max(0, paths - FREE_INVALIDATION_PATHS);
  return [
    line(
      "ec2_spot",
      instanceHours * kind.hour,
      `${hours(instanceHours)} of ${kind.type} at $${cents(kind.hour)}${
        kind.onDemandPercent > 0 ? `, ${kind.onDemandPercent}% of them On-Demand` : ""
      }`,
    ),
    line(
      "public_ipv4",
      instanceHours * PRICE.publicAddressHour.dollars,
      `${hours(instanceHours)} at $${PRICE.publicAddressHour.dollars}`,
    ),
    edgeBytes(billed),
    edgeRequests(billed),
    line(
      "invalidation_paths",
      beyond * PRICE.invalidationPath.dollars,
      `${beyond} paths beyond ${FREE_INVALIDATION_PATHS} of a month`,
    ),
    line("pipeline", pipeline(billed, units), "DynamoDB, SQS and Lambda"),
  ];
}

function edgeBytes({ pops, bytesPerPop }: Billed): Line {
  const regions = [...popsByRegion(pops)];
  const sum = regions.reduce((all, [region, count]) => all + edgeBytesPrice(bytesPerPop * count, region), 0);
  const told = regions.map(([region, count]) => `${region} ${gigabytes(bytesPerPop * count)}`);
  return line("cloudfront_bytes", sum, told.join(", ") || "none");
}

/** Sizes are asked for near the deployment. They are few, and billed here as in the cheapest region. */
function edgeRequests({ pops, forms, requestsPerTask: times, secure }: Billed): Line {
  const inRegion = [...popsByRegion(pops)].map(([region, count]) =>
    edgeRequestsPrice(forms * count * times, region, secure),
  );
  const sum = inRegion.reduce((all, it) => all + it, edgeRequestsPrice(forms, "northAmerica", secure));
  return line("cloudfront_requests", sum, `${times} a task, and a question for each size`);
}

function pipeline({ tasks, pops, objectBytes, instances, requests = 1 }: Billed, units: Units): number {
  const perMessage = tasksPerMessage(tasks / requests, objectBytes, instances);
  const { sqs, table, counters, lambda } = ownCosts({ tasks, perMessage, pops: pops.length, requests }, units);
  return sqs + table + counters + lambda;
}

function line(name: Line["line"], dollars: number, of: string): Line {
  return { line: name, dollars: cents(dollars), of };
}

/** Without the digits that nobody can know. */
export function cents(dollars: number): number {
  return Number(dollars.toFixed(5));
}

function hours(value: number): string {
  return `${value.toFixed(2)} instance hours`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}

/** What no line has. */
export function notIncluded(pops: readonly string[], order: Order): string[] {
  const inChina = pops.length - [...popsByRegion(pops).values()].reduce((a, b) => a + b, 0);
  return [
    "what the origin bills for its bytes; from an origin in AWS to CloudFront they are free",
    "free tiers, discounts, taxes, and what other traffic of the month does to the price of a GB",
    "prices of other regions than us-east-1 for instances, tables, queues and functions",
    "AWS WAF, CloudFront Functions, Lambda@Edge, Origin Shield, and real-time or standard logs of the distribution",
    "response headers, downloads that are tried again, the instances' volumes, logs, traces, alarms, and the calls of the API",
    ...(order === "all-at-once" ? ["what the origin costs for being asked by POPs at the same time"] : []),
    ...(inChina === 0
      ? []
      : [`the bytes and requests of the POPs in China (${inChina}), which CloudFront bills in yuan there`]),
  ];
}

/** A region that CloudFront has a price for in dollars. */
export type PricedRegion = keyof typeof EDGE_PRICE;

/** Of a POP whose site nobody knows: the dearest in the first step, so that no estimate is too low for it. */
const UNKNOWN_SITE: PricedRegion = "asia";

/**
 * Where a POP's traffic is billed; undefined in China. The price list counts Türkiye to Europe, the table of price classes, which
 * the catalogue follows, to the Middle East.
 */
export function billedRegion(pop: string): PricedRegion | undefined {
  const site = siteOf(pop);
  if (site === undefined) return UNKNOWN_SITE;
  if (site.country === "TR") return "europe";
  return isPriced(site.priceRegion) ? site.priceRegion : undefined;
}

function isPriced(region: PriceRegion): region is PricedRegion {
  return region !== "china";
}

/** How many of the POPs are billed in each region. Those in China are in none. */
export function popsByRegion(pops: readonly string[]): Map<PricedRegion, number> {
  const counts = new Map<PricedRegion, number>();
  for (const pop of pops) {
    const region = billedRegion(pop);
    if (region !== undefined) counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  return counts;
}

/** What CloudFront bills for so many bytes to viewers in a region, an EC2 instance being one, in a month without other traffic. */
export function edgeBytesPrice(bytes: number, region: PricedRegion = "northAmerica"): number {
  let left = bytes / 1e9;
  let sum = 0;
  for (const [i, gigabytes] of EDGE_STEPS_GB.entries()) {
    const part = Math.min(left, gigabytes);
    sum += part * (EDGE_PRICE[region].gigabyte[i] ?? 0);
    left -= part;
  }
  return sum;
}

/** @param secure share of them that are https, from 0 to 1 */
export function edgeRequestsPrice(requests: number, region: PricedRegion, secure: number): number {
  const { https, http } = EDGE_PRICE[region];
  return requests * (secure * https + (1 - secure) * http);
}
