import { billedRegion } from "../../domain/cost/bill.ts";
import type { Estimate } from "../../domain/cost/estimate.ts";
import { estimateRequest } from "../../domain/cost/estimate-request.ts";
import {
  EDGE_PRICE,
  FREE_INVALIDATION_PATHS,
  instanceKind,
  PRICE,
  PRICES_AS_OF,
  type Price,
  type PriceRegion,
  SPOT_SHARE,
  VCPU_HOUR,
} from "../../domain/cost/prices.ts";
import { SITES } from "../../domain/pops/sites.ts";
import { CAPS, type CapName, DEFAULT_CAPS } from "../../domain/request/caps.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { table } from "../markdown-table.ts";
import { isMain } from "../root.ts";
import { CONFIGURATION, type IdleCost, idleCost, STACK_PRICE } from "./idle-cost.ts";
import { type StackTemplate, stackTemplates } from "./stack-template.ts";

/** Names of the values of the parameter `monitoring` that a template has, the default first. */
export function monitoringModes(template: StackTemplate): readonly string[] {
  const { Default = "", AllowedValues = [] } = template.Parameters["monitoring"] ?? {};
  return [...new Set([Default, ...AllowedValues].map(String))];
}

/** What an idle month costs with each value of `monitoring`, the default first. */
export function idleByMode(template: StackTemplate): readonly (readonly [mode: string, cost: IdleCost])[] {
  return monitoringModes(template).map((monitoring) => [monitoring, idleCost(template, { monitoring })] as const);
}

/** A line for each thing that is billed, with the dollars of each value of `monitoring`. */
function idleTable(template: StackTemplate): string {
  const modes = idleByMode(template);
  const keys = new Map(
    modes.flatMap(([, { lines }]) => lines.map((line) => [`${line.type} ${line.what}`, line] as const)),
  );
  const of = ({ lines }: IdleCost, key: string) => lines.find(({ type, what }) => `${type} ${what}` === key);
  return table(
    [
      "resource type",
      "what is billed",
      "price",
      ...modes.map(([mode], i) => `\`${mode}\`${i === 0 ? ", default" : ""}`),
    ],
    [
      ...[...keys].map(([key, { type, what, quantity, price }]) => [
        code(type),
        `${quantities(modes.map(([mode, cost]) => [mode, of(cost, key)?.quantity ?? 0])) ?? readable(quantity)} × ${what}`,
        priceOf(price),
        ...modes.map(([, cost]) => cents(of(cost, key)?.dollars ?? 0)),
      ]),
      ["all", "", "", ...modes.map(([, { dollars }]) => `**${cents(dollars)}**`)],
    ],
  );
}

/** The same, with one line for each type of resource. */
function idleSummary(template: StackTemplate): string {
  const modes = idleByMode(template);
  const types = [...new Set(modes.flatMap(([, { lines }]) => lines.map(({ type }) => type)))];
  const dollarsOf = ({ lines }: IdleCost, wanted: string) =>
    lines.reduce((sum, { type, dollars }) => sum + (type === wanted ? dollars : 0), 0);
  return table(
    ["resource type", ...modes.map(([mode], i) => `\`${mode}\`${i === 0 ? ", default" : ""}`)],
    [
      ...types.map((type) => [code(type), ...modes.map(([, cost]) => cents(dollarsOf(cost, type)))]),
      ["all", ...modes.map(([, { dollars }]) => `**${cents(dollars)}**`)],
    ],
  );
}

/** What costs nothing while the stack is idle, by reason. Configuration, such as roles and routes, is left out. */
function freeTable(template: StackTemplate): string {
  const types = new Map<string, Set<string>>();
  const billedByUse = idleCost(template).free.filter(({ why }) => why !== CONFIGURATION.free);
  for (const { type, why } of billedByUse) types.set(why, (types.get(why) ?? new Set()).add(code(type)));
  return table(
    ["free while idle", "why"],
    [...types].map(([why, of]) => [[...of].join(", "), `${why.charAt(0).toUpperCase()}${why.slice(1)}`]),
  );
}

/** The lines of `dry_run` for a million tasks of 10 KB. */
function millionTable(template: StackTemplate): string {
  const { dollars } = millionTasks(template);
  return table(
    ["line of the estimate", "dollars", "of"],
    [
      ...dollars.lines.map((line) => [code(line.line), cents(line.dollars), line.of]),
      ["all", `**${cents(dollars.total)}**`, `${MILLION.urls.toLocaleString("en-US")} URLs at ${MILLION.pops} POPs`],
    ],
  );
}

/** The figures that README, operations and `npm run cost` state. Dollars are text with two digits. */
export function figures(template: StackTemplate) {
  const estimates = regions().map((region) => millionTasks(template, region).dollars);
  const withoutBytes = (dollars: Dollars) => dollars.total - ofLine(dollars, "cloudfront_bytes");
  const [[, usual] = [], ...others] = idleByMode(template);
  const usa = millionTasks(template).dollars;
  const edge = atTheEdge(usa);
  return {
    idle: cents(usual?.dollars ?? 0),
    others: others.map(([mode, cost]) => ({ mode, idle: cents(cost.dollars) })),
    million: cents(usa.total),
    millionAtTheEdge: cents(edge),
    millionAtMost: cents(Math.max(...estimates.map(({ total }) => total))),
    withoutBytes: {
      usa: cents(withoutBytes(usa)),
      atMost: cents(Math.max(...estimates.map(withoutBytes))),
      direct: cents(edge - ofLine(usa, "cloudfront_bytes")),
    },
    gigabyte: gigabytePrices(),
    site: SITE_BYTES.map((objectBytes) => cents(siteOf(template, objectBytes).dollars.total)),
  };
}

type Dollars = Estimate["dollars"];

/** Of one line of an estimate. */
function ofLine({ lines }: Dollars, wanted: Dollars["lines"][number]["line"]): number {
  return lines.find(({ line }) => line === wanted)?.dollars ?? Number.NaN;
}

/** What CloudFront bills. */
function atTheEdge({ lines }: Dollars): number {
  return lines.filter(({ line }) => line.startsWith("cloudfront_")).reduce((sum, { dollars }) => sum + dollars, 0);
}

function regions(): PriceRegion[] {
  return Object.keys(EDGE_PRICE).filter(isRegion);
}

/** Dollars of the first, dearest step. */
function gigabytePrices(): { readonly usa: number; readonly atMost: number } {
  const of = (region: PriceRegion) => EDGE_PRICE[region].gigabyte[0] ?? Number.NaN;
  return { usa: of("northAmerica"), atMost: Math.max(...regions().map(of)) };
}

function isRegion(name: string): name is keyof typeof EDGE_PRICE {
  return Object.hasOwn(EDGE_PRICE, name);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Two digits; three of what is less than a cent. */
export function cents(dollars: number): string {
  return dollars === 0 || dollars >= 0.01 ? dollars.toFixed(2) : dollars.toFixed(4);
}

const readable = (quantity: number) => quantity.toLocaleString("en-US", { maximumSignificantDigits: 7 });

/** The quantity of each value of `monitoring` that has some, if they differ: `6 (on), 22 (full)`. */
function quantities(ofModes: readonly (readonly [mode: string, quantity: number])[]): string | undefined {
  const some = ofModes.filter(([, quantity]) => quantity > 0);
  if (new Set(some.map(([, quantity]) => quantity)).size < 2) return undefined;
  return some.map(([mode, quantity]) => `${readable(quantity)} (\`${mode}\`)`).join(", ");
}

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
    `${readableDollars(gigabyte[0] ?? 0)} per GB, down to ${readableDollars(gigabyte.at(-1) ?? 0)}; ${readableDollars(https * 1e6)} per million https requests, ${readableDollars(http * 1e6)} http`,
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
function priceOf({ dollars, unit }: Price): string {
  return dollars < 0.001
    ? `${readableDollars(dollars * 1e6)} per million ${unit}s`
    : `${readableDollars(dollars)} per ${unit}`;
}

function nameOf(key: string): string {
  const name = Object.entries(NAMES).find(([known]) => known === key)?.[1];
  if (name === undefined) throw new Error(`The price ${key} has no name`);
  return name;
}

function sourceOf({ link, asOf = PRICES_AS_OF }: Price): string {
  return `[${asOf}](${link})`;
}

function readableDollars(dollars: number): string {
  return `$${Number(dollars.toPrecision(6))}`;
}

/** A million tasks: so many URLs at so many POPs. */
const MILLION = { urls: 5_000, pops: 200, objectBytes: 1e4 };

/**
 * What `dry_run` answers for a million tasks of 10 KB: a request with nothing but the fields that it must have, to a stack with the
 * parameters' defaults.
 * @param region where all POPs are billed
 */
export function millionTasks(template: StackTemplate, region: PriceRegion = "northAmerica"): Estimate {
  const pops = Array<string>(MILLION.pops).fill(popIn(region));
  return estimateOf(template, { ...MILLION, pops, body: { instance_count: 1 } });
}

/** A site in one variant, at POPs of the United States. */
const SITE = { urls: 2_000, pops: 20 };
const SITE_BYTES = [10_000, 50_000, 500_000];

function siteOf(template: StackTemplate, objectBytes: number): Estimate {
  const pops = Array<string>(SITE.pops).fill(popIn("northAmerica"));
  return estimateOf(template, { urls: SITE.urls, objectBytes, pops, body: { instance_count: 1 } });
}

interface Example {
  readonly urls: number;
  readonly objectBytes: number;
  /** Fields of POST /prewarm besides the list of URLs and the timeout. */
  readonly body: object;
  /** In place of the body's. @default those of the body */
  readonly pops?: readonly string[];
}

/** What `dry_run` of a stack with the parameters' defaults answers for so many URLs of known sizes. */
function estimateOf(template: StackTemplate, { urls: count, objectBytes, body: fields, pops }: Example): Estimate {
  const types = String(template.Parameters["instanceTypes"]?.Default ?? "").split(",");
  const url_list = Array.from({ length: count }, (_, i) => `https://www.example.com/${i}`);
  const rules = { reqId: "", now: 0, caps: DEFAULT_CAPS };
  const { item, urls, body } = checkPrewarmRequest({ url_list, timeout: 240, ...fields }, rules);
  return estimateRequest({
    item: { ...item, pops: [...(pops ?? item.pops)] },
    urls,
    timeoutMinutes: body.timeout,
    paths: 0,
    lowerBound: false,
    sources: [],
    distributions: 1,
    sizes: urls.map(() => ({ size: objectBytes })),
    kind: instanceKind(types),
    caps: DEFAULT_CAPS,
    activeRequests: 1,
  });
}

/** The requests that docs/why.md describes. */
const USE_CASES: Readonly<Record<string, Example>> = {
  "Shop release": {
    urls: 2_000,
    objectBytes: 50_000,
    body: {
      regions: ["eu", "us"],
      variants: [
        { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
        { name: "gzip", header: ["Accept-Encoding: gzip"] },
      ],
      origin: { requests_per_second: 50 },
      instance_count: 1,
    },
  },
  "Patch of 80 GB": {
    urls: 40,
    objectBytes: 2e9,
    body: { regions: ["eu", "us"], origin: { concurrency: 16 }, instance_count: 4 },
  },
  "Film premiere": {
    urls: 7_200,
    objectBytes: 2_250_000,
    body: { countries: ["germany", "france"], instance_count: 2 },
  },
};

/** Tasks, minutes and dollars of the use cases. */
function useCaseTable(template: StackTemplate): string {
  return table(
    [
      "use case",
      "tasks",
      "POPs",
      "CloudFront bills",
      "origin fetches",
      "instances",
      "minutes",
      "dollars",
      "of which CloudFront",
    ],
    Object.entries(USE_CASES).map(([name, example]) => {
      const { tasks, pops, origin_fetches, instances, dollars } = estimateOf(template, example);
      const bytes = dollars.lines.find(({ line }) => line === "cloudfront_bytes");
      return [
        name,
        readable(tasks),
        readable(pops.count),
        String(bytes?.of),
        readable(origin_fetches.expected),
        readable(instances.count),
        (instances.minutes_to_finish ?? Number.NaN).toFixed(1),
        cents(dollars.total),
        cents(atTheEdge(dollars)),
      ];
    }),
  );
}

/** A call of the API that costs the most: a dry run occupies the function until API Gateway gives up. */
const DEAREST_CALL_GB_SECONDS = 29;
/** Objects so small that a request of them is paid by the task. */
const SMALL_OBJECTS: Example = { urls: 50_000, objectBytes: 1, body: { instance_count: 1 } };

/** What whoever has the API key can spend with the parameters' defaults. */
function keySpendTable(template: StackTemplate): string {
  const defaultOf = (name: string) => template.Parameters[name]?.Default ?? "";
  const types = String(defaultOf("instanceTypes")).split(",");
  const instanceHour = Math.max(...types.map((type) => instanceKind([type], undefined, 100).hour));
  const { maxInstances, maxTimeout, maxActiveRequests, maxTasks, maxRequestBytes, maxDailyTasks, maxDailyBytes } =
    DEFAULT_CAPS;
  const requestsIn = (region: PriceRegion) => {
    const pops = Array<string>(maxTasks / SMALL_OBJECTS.urls).fill(popIn(region));
    const { dollars } = estimateOf(template, { ...SMALL_OBJECTS, pops });
    const edge = ofLine(dollars, "cloudfront_requests");
    return { edge, stack: dollars.total - edge };
  };
  const { edge, stack } = requestsIn("northAmerica");
  const dearest = requestsIn(regions().reduce((a, b) => (EDGE_PRICE[b].https > EDGE_PRICE[a].https ? b : a))).edge;
  const transfer = (requests: number, bytes = maxRequestBytes) => {
    const { usa, atMost } = gigabytePrices();
    const [inUsa, most] = [usa, atMost].map((price) => readable(requests * (bytes / 1e9) * price));
    return `${inUsa} dollars of transfer in North America, ${most} at the dearest POPs`;
  };
  const calls = Number(defaultOf("maxCallsPerDay"));
  const call = DEAREST_CALL_GB_SECONDS * PRICE.lambdaGbSecond.dollars;
  const rows: readonly (readonly [name: CapName | "maxCallsPerDay", typical: string])[] = [
    ["maxInstances", `${cents(maxInstances * (instanceHour + PRICE.publicAddressHour.dollars))} dollars an hour`],
    ["maxTimeout", `A forgotten request ends after ${maxTimeout / 1_440} days.`],
    [
      "maxActiveRequests",
      `At once, ${maxActiveRequests} times what one request may spend: ${transfer(maxActiveRequests)}`,
    ],
    [
      "maxTasks",
      `Two requests to CloudFront per task cost ${cents(edge)} dollars in North America, ${cents(dearest)} at the dearest POPs; the stack ${cents(stack)}`,
    ],
    ["maxRequestBytes", transfer(1)],
    ["maxDailyTasks", `Per day, ${maxDailyTasks / maxTasks} times the row of \`maxTasks\``],
    ["maxDailyBytes", `Per day, ${transfer(1, maxDailyBytes)}`],
    [
      "maxCallsPerDay",
      `${readable(Math.round(calls * call))} dollars per day, if each call is the most expensive one: a dry run that takes ${DEAREST_CALL_GB_SECONDS} s`,
    ],
  ];
  return table(
    ["parameter", "default", "effect"],
    rows.map(([name, typical]) => [
      code(name),
      `${Number(defaultOf(name)).toLocaleString("en-US")} ${name === "maxCallsPerDay" ? "calls" : CAPS[name].unit}`,
      typical,
    ]),
  );
}

function popIn(region: PriceRegion): string {
  const site = SITES.find(({ iata }) => billedRegion(`${iata}50-P1`) === region);
  if (site === undefined) throw new Error(`The catalogue has no site in ${region}`);
  return `${site.iata}50-P1`;
}

/** What documents say of the cost: the name of each generated part, and what makes its text. The two stacks cost the same. */
export function costParts(): readonly (readonly [name: string, make: () => string])[] {
  const template = () => stackTemplates().PrewarmStack;
  return [
    ["cost", () => sentences(figures(template())).join("\n\n")],
    ["cost-zh", () => chinese(figures(template())).join("\n\n")],
    ["idle-cost", () => idleSummary(template())],
    ["million-tasks", () => millionTable(template())],
    ["key-spend", () => keySpendTable(template())],
    ["use-cases", () => useCaseTable(template())],
  ];
}

/** The same figures as sentences. */
function sentences(stated: ReturnType<typeof figures>) {
  const { idle, others, million, millionAtTheEdge, millionAtMost, withoutBytes, gigabyte, site } = stated;
  const modes = others.map((it) => `, ${it.idle} with \`monitoring=${it.mode}\``).join("");
  const sizes = SITE_BYTES.map((bytes, i) => `${site[i]} for ${bytes / 1e3} KB`).join(", ");
  return [
    `**Idle:** ${idle} dollars a month with default parameters${modes}.`,
    `**${readable(SITE.urls)} URLs at ${SITE.pops} POPs:** ${readable(SITE.urls * SITE.pops)} tasks in one variant. At POPs of the United States, they cost these dollars by size of the objects: ${sizes}.`,
    `**A million tasks of 10 KB:** ${million} dollars with default settings at POPs of the United States, of which CloudFront bills ${millionAtTheEdge} for downloads and checks. At the dearest POPs it is ${millionAtMost}.`,
    `**Other requests:** tasks = URLs × variants × POPs. At POPs of the United States, a million cost about ${withoutBytes.usa} dollars, and ${gigabyte.usa} per GB; at the dearest POPs, ${withoutBytes.atMost} and ${gigabyte.atMost}. Without a stack: ${withoutBytes.direct} and the bytes. Each object counts twice, once for each download; an object of up to 64 KiB counts three times, because the check reads it again.`,
  ];
}

function chinese(stated: ReturnType<typeof figures>) {
  const { idle, others, million, millionAtTheEdge, millionAtMost, withoutBytes, gigabyte, site } = stated;
  const modes = others.map((it) => `；\`monitoring=${it.mode}\` 时为 ${it.idle} 美元`).join("");
  const sizes = SITE_BYTES.map((bytes, i) => `${bytes / 1e3} KB 为 ${site[i]} 美元`).join("，");
  return [
    `**空闲时：** 默认参数下每月 ${idle} 美元${modes}。`,
    `**${readable(SITE.urls)} 个 URL、${SITE.pops} 个 POP：** 一个变体时为 ${readable(SITE.urls * SITE.pops)} 个任务。在美国的 POP，费用按对象大小：${sizes}。`,
    `**一百万个 10 KB 的任务：** 默认设置下，在美国的 POP 共 ${million} 美元，其中 CloudFront 对下载和检查计费 ${millionAtTheEdge} 美元；在最贵的 POP 为 ${millionAtMost} 美元。`,
    `**其他请求：** 任务数 = URL × 变体 × POP。在美国的 POP，一百万个任务约 ${withoutBytes.usa} 美元，另加每 GB ${gigabyte.usa} 美元；在最贵的 POP 分别为 ${withoutBytes.atMost} 和 ${gigabyte.atMost} 美元。不用堆栈时为 ${withoutBytes.direct} 美元，另加流量。每个对象按两倍计，每次下载一次；不超过 64 KiB 的对象按三倍计，因为检查会再次读取它。`,
  ];
}

// `npm run cost`: what this checkout costs while it is idle, and for a million tasks of 10 KB with default settings. docs/operations.md
// has the same figures.
if (isMain(import.meta.url)) {
  const { PrewarmStack: template } = stackTemplates();
  const [idle, ...requests] = sentences(figures(template));
  console.log(`List prices of us-east-1, read in ${PRICES_AS_OF}, without free tiers. Both stacks cost the same.`);
  console.log(`\n${idle}\n\n${idleTable(template)}\n\n${freeTable(template)}`);
  console.log(`\n${requests.join("\n\n")}\n\n${millionTable(template)}`);
  console.log(`\nThe use cases of docs/why.md:\n\n${useCaseTable(template)}`);
}
