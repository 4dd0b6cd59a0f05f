import { envSchema } from "../../agent/env.ts";
import {
  EDGE_PRICE,
  FREE_INVALIDATION_PATHS,
  PRICE,
  PRICES_AS_OF,
  SPOT_SHARE,
  VCPU_HOUR,
} from "../../domain/cost/prices.ts";
import { REFUSED_HEADERS } from "../../domain/net/headers.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { REGION_DEFAULTS } from "../../domain/pops/default-sets.ts";
import { BASES } from "../../domain/pops/pop-codes.ts";
import { REC_BASES } from "../../domain/pops/recs.ts";
import { knownNames } from "../../domain/pops/select.ts";
import { PRICE_REGIONS } from "../../domain/pops/sites.ts";
import { wordsOf } from "../../domain/readiness/reasons.ts";
import { VERDICTS } from "../../domain/readiness/verdict.ts";
import { CAPS } from "../../domain/request/caps.ts";
import * as limits from "../../domain/request/limits.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import { OUTCOMES } from "../../domain/result/outcome.ts";
import { REPORT_COLUMNS } from "../../domain/result/report.ts";
import { MORE_COLUMNS } from "../../domain/result/task-row.ts";
import { prewarmBodySchema } from "../../lambdas/api/prewarm-body.ts";
import { table } from "../markdown-table.ts";
import { largestTable } from "../scaling/largest.ts";
import { measuredUnits } from "../scaling/measured.ts";
import { scalingTables } from "../scaling/tables.ts";

/** What documents have from the code: the name of each generated part, and what makes its text. */
export const GENERATED_PARTS: ReadonlyMap<string, () => string> = new Map([
  ["limits", limitsOfRequest],
  ["caps", caps],
  ["regions", regions],
  ["countries", countries],
  ["pop-bases", () => meanings("basis", BASES)],
  ["rec-bases", () => meanings("rec_basis", REC_BASES)],
  ["refused-headers", refusedHeaders],
  ["report-columns", () => columns(REPORT_COLUMNS)],
  ["outcomes", () => meanings("outcome", OUTCOMES)],
  ["failure-reasons", failureReasonWords],
  ["verdicts", () => meanings("verdict", VERDICTS)],
  ["result-columns", () => columns(MORE_COLUMNS)],
  ["agent-defaults", agentDefaults],
  ["prices", prices],
  ["scaling", () => scalingTables(measuredUnits())],
  ["largest-request", () => largestTable(measuredUnits())],
]);

function limitsOfRequest(): string {
  const { timeout, instance_count } = prewarmBodySchema.shape;
  const rows: [what: string, least: number | null, most: number][] = [
    ["different URLs in `url_list`", 1, limits.MAX_URLS],
    ["characters of a URL", null, limits.MAX_URL_LENGTH],
    ["different hosts of the URLs, without `cf_domain`", null, limits.MAX_HOSTS],
    ["different names in each of `pops`, `countries`, `regions`", null, limits.MAX_NAMES],
    ["variants", 1, limits.MAX_VARIANTS],
    ["characters of a variant's name", 1, limits.MAX_VARIANT_NAME_LENGTH],
    ["URLs times variants", null, limits.MAX_URLS],
    ["lines of each `header`", null, limits.MAX_HEADERS],
    ["characters of a line of a `header`", null, limits.MAX_HEADER_LENGTH],
    ["bytes of all lines together, those of the variants with them", null, limits.MAX_HEADER_BYTES],
    ["`timeout`, minutes", timeout.minValue, limits.MAX_TIMEOUT_MINUTES],
    ["`instance_count` and `DesiredCapacity`", instance_count.minValue, limits.MAX_INSTANCES],
  ];
  const readable = (bound: number | null) => bound?.toLocaleString("en-US") ?? "";
  return table(
    ["what", "least", "most"],
    rows.map(([what, least, most]) => [what, readable(least), readable(most)]),
  );
}

function caps(): string {
  return table(
    ["parameter", "default", "of", "what it bounds"],
    Object.entries(CAPS).map(([name, { default: value, unit, says }]) => [
      code(name),
      value.toLocaleString("en-US"),
      unit,
      `${says}.`,
    ]),
  );
}

function prices(): string {
  const million = (each: number) => `${readableDollars(each * 1e6)} a million`;
  const regions = Object.entries(EDGE_PRICE).map(([region, { gigabyte, https, http }]) => [
    `CloudFront, ${region}: ${Object.entries(PRICE_REGIONS).find(([name]) => name === region)?.[1]}`,
    `${readableDollars(gigabyte[0] ?? 0)} a GB, down to ${readableDollars(gigabyte.at(-1) ?? 0)}; ${million(https)} https requests, ${million(http)} http`,
  ]);
  const hour = (dollars: number) => `${readableDollars(dollars)} an hour`;
  return table(
    [`what, in ${PRICES_AS_OF}`, "dollars"],
    [
      ...regions,
      ["invalidation", `${readableDollars(PRICE.invalidationPath)} a path beyond ${FREE_INVALIDATION_PATHS} a month`],
      ...Object.entries(VCPU_HOUR).map(([family, dollars]) => [`EC2 On-Demand, a vCPU of ${family}`, hour(dollars)]),
      ["EC2 Spot", `about ${SPOT_SHARE * 100} % of that, or what \`spotPricePerHour\` says`],
      ["public IPv4 address", hour(PRICE.publicAddressHour)],
      ["SQS", `${million(PRICE.sqsCall)} calls`],
      ["DynamoDB on demand", `${million(PRICE.dynamoWriteUnit)} writes, ${million(PRICE.dynamoReadUnit)} reads`],
      ["DynamoDB, storage", `${readableDollars(PRICE.dynamoStorageGbMonth)} a GB and month`],
      ["Lambda (Arm)", `${readableDollars(PRICE.lambdaGbSecond)} a GB and second, ${million(PRICE.lambdaCall)} calls`],
    ],
  );
}

function readableDollars(value: number): string {
  return `$${Number(value.toPrecision(6))}`;
}

function regions(): string {
  return table(
    ["region", "POPs"],
    Object.entries(REGION_DEFAULTS).map(([region, pops]) => [code(region), pops.join(", ")]),
  );
}

function countries(): string {
  return wrap(knownNames("country").map((name) => `${code(name)} (${countryCode(name)})`));
}

function refusedHeaders(): string {
  const sentence = (clause: string) => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
  return table(
    ["refused", "because"],
    REFUSED_HEADERS.map(({ names, because }) => [names.map(code).join(", "), sentence(because)]),
  );
}

function columns(all: readonly { readonly name: string; readonly meaning: string }[]): string {
  return table(
    ["column", "meaning"],
    all.map(({ name, meaning }) => [code(name), meaning]),
  );
}

function failureReasonWords(): string {
  return table(
    ["code", "meaning", "what viewers meet", "what to do"],
    failureReasons.map((reason) => {
      const { means, viewers, next } = wordsOf(reason, "en");
      return [code(reason), means, viewers, next];
    }),
  );
}

/** @param what heads the column of the words that mean something */
function meanings(what: string, words: Readonly<Record<string, string>>): string {
  return table(
    [what, "meaning"],
    Object.entries(words).map(([word, meaning]) => [code(word), meaning]),
  );
}

/** The variables that the agent can do without and has a value for. */
function agentDefaults(): string {
  const defaults = Object.entries(envSchema.shape).flatMap(([name, schema]) => {
    const value = schema.safeParse(undefined).data;
    return value === undefined ? [] : [[code(name), code(String(value))]];
  });
  return table(["variable", "default"], defaults);
}

function code(text: string): string {
  return `\`${text}\``;
}

const LINE_WIDTH = 120;

/** A list in lines of at most 120 characters, broken behind commas. */
function wrap(items: readonly string[]): string {
  const lines = [""];
  items.forEach((item, i) => {
    const text = i < items.length - 1 ? `${item},` : item;
    const line = `${lines.at(-1)} ${text}`.trimStart();
    if (line.length <= LINE_WIDTH) lines[lines.length - 1] = line;
    else lines.push(text);
  });
  return lines.join("\n");
}
