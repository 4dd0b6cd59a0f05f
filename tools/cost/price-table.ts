import {
  EDGE_PRICE,
  FREE_INVALIDATION_PATHS,
  PRICE,
  type Price,
  type PriceSource,
  SPOT_SHARE,
  VCPU_HOUR,
} from "../../domain/cost/prices.ts";
import { PRICE_REGIONS } from "../../domain/pops/sites.ts";
import { table } from "../markdown-table.ts";

/** What each price is for, in the order of the table. */
const NAMES: Readonly<Record<keyof typeof PRICE, string>> = {
  invalidationPath: `CloudFront, invalidation beyond ${FREE_INVALIDATION_PATHS} paths a month`,
  publicAddressHour: "Public IPv4 address",
  sqsCall: "SQS, standard queue",
  dynamoWriteUnit: "DynamoDB on demand, write",
  dynamoReadUnit: "DynamoDB on demand, read",
  dynamoStorageGbMonth: "DynamoDB, storage",
  lambdaGbSecond: "Lambda, time",
  lambdaCall: "Lambda, call",
  alarmMetricMonth: "CloudWatch, alarm",
  dashboardMonth: "CloudWatch, dashboard",
  customMetricMonth: "CloudWatch, metric of the stack's own",
  logGb: "CloudWatch Logs, lines",
  logStorageGbMonth: "CloudWatch Logs, storage",
  trace: "X-Ray",
};

/** Every price with its page and the month in which it was read there. */
export function priceTable(): string {
  const regions = Object.entries(EDGE_PRICE).map(([region, { gigabyte, https, http, ...source }]) => [
    `CloudFront, ${region}: ${Object.entries(PRICE_REGIONS).find(([name]) => name === region)?.[1]}`,
    `${readable(gigabyte[0] ?? 0)} per GB, down to ${readable(gigabyte.at(-1) ?? 0)}; ${readable(https * 1e6)} per million https requests, ${readable(http * 1e6)} http`,
    sourceOf(source),
  ]);
  const families = Object.entries(VCPU_HOUR).map(([family, price]) => [
    `EC2 On-Demand, ${family}`,
    priceOf(price),
    sourceOf(price),
  ]);
  const spot = ["EC2 Spot", `about ${SPOT_SHARE * 100}% of that, or what \`spotPricePerHour\` says`, "assumed"];
  const named = Object.entries(PRICE).map(([key, price]) => [nameOf(key), priceOf(price), sourceOf(price)]);
  return table(["what", "price", "read"], [...regions, ...families, spot, ...named]);
}

/** A price that is too small to be read is that of a million. */
export function priceOf({ dollars, unit }: Price): string {
  return dollars < 0.001 ? `${readable(dollars * 1e6)} per million ${unit}s` : `${readable(dollars)} per ${unit}`;
}

function nameOf(key: string): string {
  const name = Object.entries(NAMES).find(([known]) => known === key)?.[1];
  if (name === undefined) throw new Error(`The price ${key} has no name`);
  return name;
}

function sourceOf({ link, read }: PriceSource): string {
  return `[${read}](${link})`;
}

function readable(dollars: number): string {
  return `$${Number(dollars.toPrecision(6))}`;
}
