import {
  EDGE_PRICE,
  FREE_INVALIDATION_PATHS,
  PRICE,
  PRICES_AS_OF,
  type Price,
  SPOT_SHARE,
  VCPU_HOUR,
} from "../../domain/cost/prices.ts";
import { table } from "../markdown-table.ts";
import { STACK_PRICE } from "./idle-prices.ts";

/** What each price is for, in the order of the table. */
const NAMES: Readonly<Record<keyof typeof STACK_PRICE, string>> = {
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

/** CloudFront's price regions as its table of price classes names them. */
const REGION_NAMES: Readonly<Record<keyof typeof EDGE_PRICE, string>> = {
  northAmerica: "United States, Mexico & Canada",
  europe: "Europe & Israel",
  africaMiddleEast: "South Africa, Kenya, Nigeria, Egypt, Türkiye & Middle East",
  japan: "Japan",
  asia: "Hong Kong, Indonesia, Philippines, Singapore, South Korea, Taiwan, Thailand, Malaysia & Vietnam",
  india: "India",
  southAmerica: "South America",
  oceania: "Australia & New Zealand",
};

/** Every price with its page and the month in which it was read there. */
export function priceTable(): string {
  const regions = Object.entries(EDGE_PRICE).map(([region, { gigabyte, https, http }]) => [
    `CloudFront, ${region}: ${Object.entries(REGION_NAMES).find(([name]) => name === region)?.[1]}`,
    `${readable(gigabyte[0] ?? 0)} per GB, down to ${readable(gigabyte.at(-1) ?? 0)}; ${readable(https * 1e6)} per million https requests, ${readable(http * 1e6)} http`,
    sourceOf(PRICE.invalidationPath),
  ]);
  const families = Object.entries(VCPU_HOUR).map(([family, price]) => [
    `EC2 On-Demand, ${family}`,
    priceOf(price),
    sourceOf(price),
  ]);
  const spot = ["EC2 Spot", `about ${SPOT_SHARE * 100}% of that, or what \`spotPricePerHour\` says`, "assumed"];
  const named = Object.entries(STACK_PRICE).map(([key, price]) => [nameOf(key), priceOf(price), sourceOf(price)]);
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

function sourceOf({ link }: Price): string {
  return `[${PRICES_AS_OF}](${link})`;
}

function readable(dollars: number): string {
  return `$${Number(dollars.toPrecision(6))}`;
}
