import { keysOf } from "../collections.ts";
import { MAX_URLS } from "../limits.ts";
import { blockCount } from "../plan/counter-shards.ts";
import { MAX_BATCHED_BYTES, urlsPerMessage } from "../plan/task-message.ts";
import { siteOf } from "../pops/sites.ts";
import { type PopTraffic, totalOf } from "./edge-traffic.ts";
import type { Estimate } from "./estimate.ts";
import { EDGE_PRICE, EDGE_PRICE_TIERS_GB, FREE_INVALIDATION_PATHS, PRICE, type PriceRegion } from "./prices.ts";
import type { Load, Units } from "./work-time.ts";

export type Line = Estimate["dollars"]["lines"][number];

/** What is paid for. */
export interface Billed extends Load {
  /** Share of the URLs that are https. */
  readonly secure: number;
  /** Of an object, on average. */
  readonly objectBytes: number;
  readonly instanceHours: number;
  /** Number of requests that the tasks are split over. @default 1 */
  readonly requests?: number;
}

export function billOf(billed: Billed, units: Units): Line[] {
  const { instanceHours, kind, paths } = billed;
  const { sqs, table, counters, lambda } = pipelineCosts(billed, units);
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
    edgeBytesLine(billed),
    edgeRequestsLine(billed),
    line(
      "invalidation_paths",
      beyond * PRICE.invalidationPath.dollars,
      `${beyond} paths beyond the ${FREE_INVALIDATION_PATHS} free ones of a month`,
    ),
    line("pipeline", sqs + table + counters + lambda, "DynamoDB, SQS and Lambda"),
  ];
}

/** CloudFront's bill for requests and bytes, in dollars. @param secure share of the requests that are https */
export function edgeDollars(traffic: readonly PopTraffic[], objects: number, secure: number): number {
  const load = { traffic, urlVariants: objects, secure };
  return edgeBytesLine(load).dollars + edgeRequestsLine(load).dollars;
}

type EdgeLoad = Pick<Billed, "traffic" | "urlVariants" | "secure">;

function edgeBytesLine({ traffic }: EdgeLoad): Line {
  const regions = byRegion(traffic).map(([region, its]) => [region, totalOf(its, "bytes")] as const);
  const sum = regions.reduce((all, [region, bytes]) => all + edgeBytesPrice(bytes, region), 0);
  const texts = regions.map(([region, bytes]) => `${region} ${gigabytes(bytes)}`);
  return line("cloudfront_bytes", sum, texts.join(", ") || "none");
}

/** Size probes run near the deployment. They are few, and priced as in the cheapest region. */
function edgeRequestsLine({ traffic, urlVariants, secure }: EdgeLoad): Line {
  const sum = byRegion(traffic).reduce(
    (all, [region, its]) => all + edgeRequestsPrice(totalOf(its, "requests"), region, secure),
    edgeRequestsPrice(urlVariants, "northAmerica", secure),
  );
  const times = totalOf(traffic, "requests") / Math.max(1, totalOf(traffic, "tasks"));
  return line("cloudfront_requests", sum, `${Number(times.toFixed(1))} per task, and one request for each size`);
}

function line(name: Line["line"], dollars: number, of: string): Line {
  return { line: name, dollars: cents(dollars), of };
}

/** Rounded to the precision that an estimate can have. */
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
export function notIncluded(pops: readonly string[]): string[] {
  const inChina = pops.filter((pop) => billedRegion(pop) === undefined).length;
  return [
    "data transfer out of the origin, which is free from an origin in AWS to CloudFront",
    "free tiers, discounts, taxes, and price tiers that depend on other traffic of the month",
    "other prices of instances, tables, queues and functions in Regions other than us-east-1",
    "AWS WAF, CloudFront Functions, Lambda@Edge, Origin Shield, and real-time or standard logs of the distribution",
    "response headers, retried downloads, volumes of the instances, logs, traces, alarms and API calls",
    ...(inChina === 0
      ? []
      : [`the bytes and requests of the POPs in China (${inChina}), which CloudFront bills in yuan there`]),
  ];
}

/** Of a POP at an unknown site: the dearest in the first step, so that no estimate is too low for it. */
const UNKNOWN_SITE: PriceRegion = "asia";

/** Where a POP's traffic is billed; undefined in China. */
export function billedRegion(pop: string): PriceRegion | undefined {
  const country = siteOf(pop)?.country;
  if (country === undefined) return UNKNOWN_SITE;
  return keysOf(EDGE_PRICE).find((region) => EDGE_PRICE[region].countries.includes(country));
}

/** Rows by the region in which their POP is billed. POPs in China are in none. */
function byRegion<T extends { readonly pop: string }>(rows: readonly T[]): [PriceRegion, T[]][] {
  const regions = new Map<PriceRegion, T[]>();
  for (const row of rows) {
    const region = billedRegion(row.pop);
    if (region === undefined) continue;
    const its = regions.get(region);
    if (its === undefined) regions.set(region, [row]);
    else its.push(row);
  }
  return [...regions];
}

/** What CloudFront bills for so many bytes to viewers in a region, an EC2 instance being one, in a month without other traffic. */
export function edgeBytesPrice(bytes: number, region: PriceRegion): number {
  let left = bytes / 1e9;
  let sum = 0;
  for (const [i, gigabytes] of EDGE_PRICE_TIERS_GB.entries()) {
    const part = Math.min(left, gigabytes);
    sum += part * (EDGE_PRICE[region].gigabyte[i] ?? 0);
    left -= part;
  }
  return sum;
}

/** @param secure share of them that are https, from 0 to 1 */
export function edgeRequestsPrice(requests: number, region: PriceRegion, secure: number): number {
  const { https, http } = EDGE_PRICE[region];
  return requests * (secure * https + (1 - secure) * http);
}

/** Of a result's item, attribute names included. */
export const RESULT_BYTES = 700;
/**
 * DynamoDB bills the storage of each item with so many bytes more. They are no part of what a write or a read is billed for.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
const ITEM_OVERHEAD_BYTES = 100;
const SQS_BATCH = 10;
const AGGREGATION_BATCH = 1_000;
/** Of a message's body: of what it has once, and of each task. */
const MESSAGE_BYTES = { once: 400, task: 90 };
/** SQS bills a call for every 64 KiB that it carries. */
const SQS_CALL_BYTES = 65_536;
/** Memory with which a function has a whole core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const LAMBDA_GB_A_CORE = 1.728;
/** DynamoDB reads a page of results in units of 4 KiB. */
const READ_UNIT_BYTES = 4_096;

/**
 * What the pipeline of a request costs, without its instances, in dollars. The `table` is that of results: written, read by the recount,
 * kept for a month.
 */
export function pipelineCosts({ traffic, objectBytes, instances, requests = 1 }: Billed, units: Units) {
  const tasks = totalOf(traffic, "tasks");
  const perMessage = tasksPerMessage(tasks / requests, objectBytes, instances);
  const batchBytes = SQS_BATCH * (MESSAGE_BYTES.once + perMessage * MESSAGE_BYTES.task);
  // A batch is sent and received, billed by its bytes, and deleted.
  const callsPerBatch = 2 * Math.ceil(batchBytes / SQS_CALL_BYTES) + 1;
  const batches = tasks / AGGREGATION_BATCH;
  // The recount reads every result once, consistently.
  const readUnits = RESULT_BYTES / READ_UNIT_BYTES;
  const storedGb = (RESULT_BYTES + ITEM_OVERHEAD_BYTES) / 1e9;
  const dollarsPerResult =
    PRICE.dynamoWriteUnit.dollars +
    readUnits * PRICE.dynamoReadUnit.dollars +
    storedGb * PRICE.dynamoStorageGbMonth.dollars;
  const coreSeconds =
    (tasks * units.aggregationCpuMicros) / 1e6 +
    tasks / units.fanOutTasksPerSecond +
    Math.min(tasks, requests * MAX_URLS) / units.getSizeUrlsPerSecond;
  return {
    sqs: (tasks / perMessage / SQS_BATCH) * callsPerBatch * PRICE.sqsCall.dollars,
    table: tasks * dollarsPerResult,
    counters: batches * counterWriteUnits(traffic.length) * PRICE.dynamoWriteUnit.dollars,
    lambda: coreSeconds * LAMBDA_GB_A_CORE * PRICE.lambdaGbSecond.dollars + batches * PRICE.lambdaCall.dollars,
  };
}

/** @param bytes of an object, on average */
export function tasksPerMessage(tasks: number, bytes: number, instances: number): number {
  const byBytes = Math.floor(MAX_BATCHED_BYTES / Math.max(1, bytes));
  return Math.max(1, Math.min(urlsPerMessage(tasks, instances), byBytes));
}

/** Totals of a batch: one item of up to 1 KB in a transaction, which bills a write twice, and when a result was counted last. */
export const TOTALS_WRITE_UNITS = 3;
/** The same of one block of POPs. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export const BLOCK_WRITE_UNITS = 2;

/** Write units of the counters of a batch with results of so many POPs. */
export function counterWriteUnits(pops: number): number {
  return TOTALS_WRITE_UNITS + BLOCK_WRITE_UNITS * blockCount(pops);
}
