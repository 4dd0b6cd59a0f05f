import { envSchema } from "../../agent/env.ts";
import { BASES } from "../../domain/pops/pop-codes.ts";
import { REC_BASES } from "../../domain/pops/recs.ts";
import { VERDICTS } from "../../domain/request/readiness-schema.ts";
import { OUTCOMES } from "../../domain/result/outcome.ts";
import { REPORT_COLUMNS, RESULTS_ONLY_COLUMNS } from "../../domain/result/report.ts";
import { costParts } from "../cost/cost-parts.ts";
import { priceTable } from "../cost/price-table.ts";
import { aliasCommand, edgeAddresses } from "../edge/place-pops.ts";
import { world } from "../local/world.ts";
import { table } from "../markdown-table.ts";
import { largestTable } from "../scaling/largest.ts";
import { measuredUnits } from "../scaling/measured.ts";
import { scalingTables } from "../scaling/tables.ts";
import { CHINESE_PARTS } from "./chinese-parts.ts";
import { lifecyclePart } from "./lifecycle-part.ts";
import { parameterTables } from "./parameter-table.ts";
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
import { routesTable } from "./route-tables.ts";
import { snippetParts } from "./snippet-parts.ts";

/** What documents have from the code: the name of each generated part, and what makes its text. */
export const GENERATED_PARTS: ReadonlyMap<string, () => string> = new Map([
  ["routes", routesTable],
  ["limits", () => limitsTable(["what", "least", "most"], (what) => what)],
  ["lifecycle", lifecyclePart],
  ["parameters", parameterTables],
  ["regions", () => regionsTable(["region", "POPs"])],
  ["countries", countriesList],
  ["pop-bases", () => meaningsTable(["basis", "meaning"], BASES)],
  ["rec-bases", () => meaningsTable(["rec_basis", "meaning"], REC_BASES)],
  ["refused-headers", () => refusedTable(["refused", "because"], sentence)],
  ["report-columns", () => columnsTable(["column", "meaning"], REPORT_COLUMNS)],
  ["outcomes", () => meaningsTable(["outcome", "meaning"], OUTCOMES)],
  ["failure-reasons", () => reasonsTable(["code", "meaning", "what viewers meet", "what to do"], "en")],
  ["verdicts", () => meaningsTable(["verdict", "meaning"], VERDICTS)],
  ["result-columns", () => columnsTable(["column", "meaning"], RESULTS_ONLY_COLUMNS)],
  ["agent-defaults", agentDefaults],
  ["prices", priceTable],
  ["macos-addresses", macosAddresses],
  ["scaling", () => scalingTables(measuredUnits())],
  ["largest-request", () => largestTable(measuredUnits())],
  ...costParts(),
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

/** The variables that the agent can do without and has a value for. */
function agentDefaults(): string {
  const defaults = Object.entries(envSchema.shape).flatMap(([name, schema]) => {
    const value = schema.safeParse(undefined).data;
    return value === undefined ? [] : [[code(name), code(String(value))]];
  });
  return table(["variable", "default"], defaults);
}
