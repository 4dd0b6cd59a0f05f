import { grouped, keysOf } from "../collections.ts";
import { siteOf } from "../pops/sites.ts";
import { type PopTraffic, totalOf } from "./edge-traffic.ts";
import type { Estimate } from "./estimate.ts";
import {
  EDGE_PRICE,
  FREE_INVALIDATION_PATHS,
  INVALIDATION_PATH,
  type InstanceKind,
  PIPELINE_PER_MILLION_TASKS,
  type PriceRegion,
  PUBLIC_ADDRESS_HOUR,
} from "./prices.ts";

export type Line = Estimate["dollars"]["lines"][number];

/** What is paid for. */
export interface Billed {
  readonly traffic: readonly PopTraffic[];
  /** URLs times variants: each has a size probe. */
  readonly objects: number;
  readonly kind: InstanceKind;
  readonly instanceHours: number;
  /** Paths that are invalidated. */
  readonly paths: number;
}

export function billOf({ traffic, objects, kind, instanceHours, paths }: Billed): Line[] {
  const beyond = Math.max(0, paths - FREE_INVALIDATION_PATHS);
  const hours = `${instanceHours.toFixed(2)} instance hours`;
  const mix = kind.onDemandPercent > 0 ? `, ${kind.onDemandPercent}% of them On-Demand` : "";
  return [
    line("ec2_spot", instanceHours * kind.hour, `${hours} of ${kind.type} at $${cents(kind.hour)}${mix}`),
    line("public_ipv4", instanceHours * PUBLIC_ADDRESS_HOUR, `${hours} at $${PUBLIC_ADDRESS_HOUR}`),
    ...edgeLines(traffic, objects),
    line(
      "invalidation_paths",
      beyond * INVALIDATION_PATH,
      `${beyond} paths beyond the ${FREE_INVALIDATION_PATHS} free ones of a month`,
    ),
    line(
      "pipeline",
      (totalOf(traffic, "tasks") / 1e6) * PIPELINE_PER_MILLION_TASKS,
      `DynamoDB, SQS and Lambda, $${PIPELINE_PER_MILLION_TASKS} per million tasks`,
    ),
  ];
}

/** CloudFront's bytes and requests by price region. Size probes count as in the cheapest region; POPs in China are left out. */
export function edgeLines(traffic: readonly PopTraffic[], objects: number): readonly [bytes: Line, requests: Line] {
  let [bytes, requests] = [0, objects * EDGE_PRICE.northAmerica.request];
  const texts: string[] = [];
  for (const [region, its] of grouped(traffic, ({ pop }) => billedRegion(pop))) {
    if (region === undefined) continue;
    const gigabytes = totalOf(its, "bytes") / 1e9;
    bytes += gigabytes * EDGE_PRICE[region].gigabyte;
    requests += totalOf(its, "requests") * EDGE_PRICE[region].request;
    texts.push(`${region} ${gigabytes >= 100 ? Math.round(gigabytes) : gigabytes.toPrecision(3)} GB`);
  }
  const times = totalOf(traffic, "requests") / Math.max(1, totalOf(traffic, "tasks"));
  return [
    line("cloudfront_bytes", bytes, texts.join(", ") || "none"),
    line("cloudfront_requests", requests, `${Number(times.toFixed(1))} per task, and one request for each size`),
  ];
}

function line(name: Line["line"], dollars: number, of: string): Line {
  return { line: name, dollars: cents(dollars), of };
}

/** Total of some lines. */
export function dollarsOf(lines: readonly Line[]): number {
  return cents(lines.reduce((sum, { dollars }) => sum + dollars, 0));
}

/** Rounded to the precision that an estimate can have. */
function cents(dollars: number): number {
  return Number(dollars.toFixed(5));
}

/** Costs that no line has. */
export function notIncluded(pops: readonly string[]): string[] {
  const inChina = pops.filter((pop) => billedRegion(pop) === undefined).length;
  return [
    "data transfer out of the origin, which is free from an origin in AWS to CloudFront",
    "free tiers, discounts, taxes, and the lower prices of CloudFront beyond 10 TB a month",
    "other prices of instances, tables, queues and functions in Regions other than us-east-1",
    "AWS WAF, CloudFront Functions, Lambda@Edge, Origin Shield, and real-time or standard logs of the distribution",
    "response headers, retried downloads, volumes of the instances, logs, traces, alarms and API calls",
    ...(inChina === 0
      ? []
      : [`the bytes and requests of the POPs in China (${inChina}), which CloudFront bills in yuan there`]),
  ];
}

/** Price region in which a POP's traffic is billed; undefined in China. A POP at an unknown site: the dearest. */
export function billedRegion(pop: string): PriceRegion | undefined {
  const country = siteOf(pop)?.country;
  if (country === undefined) return "asia";
  return keysOf(EDGE_PRICE).find((region) => EDGE_PRICE[region].countries.includes(country));
}
