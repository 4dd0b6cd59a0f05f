import { envSchema } from "../../agent/env.ts";
import {
  EDGE_PRICE,
  FREE_INVALIDATION_PATHS,
  PRICE,
  PRICES_AS_OF,
  SPOT_SHARE,
  VCPU_HOUR,
} from "../../domain/cost/prices.ts";
import { BASES } from "../../domain/pops/pop-codes.ts";
import { REC_BASES } from "../../domain/pops/recs.ts";
import { PRICE_REGIONS } from "../../domain/pops/sites.ts";
import { VERDICTS } from "../../domain/readiness/verdict.ts";
import { CAPS } from "../../domain/request/caps.ts";
import { OUTCOMES } from "../../domain/result/outcome.ts";
import { REPORT_COLUMNS } from "../../domain/result/report.ts";
import { MORE_COLUMNS } from "../../domain/result/task-row.ts";
import { aliasCommand } from "../edge/alias-command.ts";
import { edgeAddresses } from "../edge/place-pops.ts";
import { world } from "../local/world.ts";
import { table } from "../markdown-table.ts";
import { largestTable } from "../scaling/largest.ts";
import { measuredUnits } from "../scaling/measured.ts";
import { scalingTables } from "../scaling/tables.ts";
import { CHINESE_PARTS } from "./chinese-parts.ts";
import {
  code,
  columnsTable,
  countriesList,
  limitsTable,
  meaningsTable,
  reasonsTable,
  refusedTable,
  regionsTable,
} from "./part-tables.ts";
import { snippetParts } from "./snippet-parts.ts";

/** What documents have from the code: the name of each generated part, and what makes its text. */
export const GENERATED_PARTS: ReadonlyMap<string, () => string> = new Map([
  ["limits", () => limitsTable(["what", "least", "most"], (what) => what)],
  ["caps", caps],
  ["regions", () => regionsTable(["region", "POPs"])],
  ["countries", countriesList],
  ["pop-bases", () => meaningsTable(["basis", "meaning"], BASES)],
  ["rec-bases", () => meaningsTable(["rec_basis", "meaning"], REC_BASES)],
  ["refused-headers", () => refusedTable(["refused", "because"], sentence)],
  ["report-columns", () => columnsTable(["column", "meaning"], REPORT_COLUMNS)],
  ["outcomes", () => meaningsTable(["outcome", "meaning"], OUTCOMES)],
  ["failure-reasons", () => reasonsTable(["code", "meaning", "what viewers meet", "what to do"], "en")],
  ["verdicts", () => meaningsTable(["verdict", "meaning"], VERDICTS)],
  ["result-columns", () => columnsTable(["column", "meaning"], MORE_COLUMNS)],
  ["agent-defaults", agentDefaults],
  ["prices", prices],
  ["macos-addresses", macosAddresses],
  ["scaling", () => scalingTables(measuredUnits())],
  ["largest-request", () => largestTable(measuredUnits())],
  ...snippetParts(),
  ...CHINESE_PARTS,
]);

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/** The line that a local run prints on macOS. */
function macosAddresses(): string {
  const mark =
    "<!-- not run: macOS has its own ifconfig; test/tools/edge/alias-command.test.ts has a shell read the line -->";
  return `${mark}\n\n\`\`\`sh\n${aliasCommand(edgeAddresses(world))}\n\`\`\``;
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
      ["EC2 Spot", `about ${SPOT_SHARE * 100}% of that, or what \`spotPricePerHour\` says`],
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

/** The variables that the agent can do without and has a value for. */
function agentDefaults(): string {
  const defaults = Object.entries(envSchema.shape).flatMap(([name, schema]) => {
    const value = schema.safeParse(undefined).data;
    return value === undefined ? [] : [[code(name), code(String(value))]];
  });
  return table(["variable", "default"], defaults);
}
