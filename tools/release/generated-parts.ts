import { readdirSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { BASES } from "../../domain/pops/pop-codes.ts";
import { REC_BASES } from "../../domain/pops/recs.ts";
import { VERDICTS } from "../../domain/request/readiness-schema.ts";
import { OUTCOMES } from "../../domain/result/outcome.ts";
import { REPORT_COLUMNS, RESULTS_ONLY_COLUMNS } from "../../domain/result/report.ts";
import { ROOT } from "../root.ts";
import * as words from "./chinese-words.ts";
import { costParts, priceTable } from "./cost.ts";
import {
  boundsTable,
  columnsTable,
  lifecyclePart,
  limitsTable,
  meaningsTable,
  parameterTables,
  reasonsTable,
  refusedTable,
  regionsTable,
  routesTable,
  routesTableInChinese,
} from "./part-tables.ts";

/** From `<!-- generated: NAME -->` to the next `<!-- /generated -->`, each on a line of its own. */
const PART = /^<!-- generated: ([\w-]+) -->\n[\s\S]*?^<!-- \/generated -->$/gm;

/**
 * Makes the generated parts of a document anew. What stands between the parts stays as it is.
 * @param parts what makes a part's text, by the part's name
 * @returns the document, and the names of the parts that were not up to date
 * @throws Error if the document has a part that nothing makes
 */
export function fillParts(document: string, parts: ReadonlyMap<string, () => string>) {
  const stale: string[] = [];
  const text = document.replaceAll(PART, (before, name: string) => {
    const make = parts.get(name);
    if (make === undefined) throw new Error(`nothing makes the part '${name}'; known: ${[...parts.keys()].join(", ")}`);
    const part = `<!-- generated: ${name} -->\n\n${make()}\n\n<!-- /generated -->`;
    if (part !== before) stale.push(name);
    return part;
  });
  return { text, stale };
}

/** The generated parts of docs/zh. Each has the name of the English one and `-zh`. */
const CHINESE_PARTS: readonly (readonly [name: string, make: () => string])[] = [
  ["routes-zh", routesTableInChinese],
  ["limits-zh", () => limitsTable(["项目", "最小", "最大"], (what) => words.LIMIT_WORDS[what])],
  ["pop-bases-zh", () => meaningsTable(["basis", "含义"], words.BASIS_WORDS)],
  ["rec-bases-zh", () => meaningsTable(["rec_basis", "含义"], words.REC_BASIS_WORDS)],
  ["report-columns-zh", () => columnsTable(["列", "含义"], translated(REPORT_COLUMNS, words.REPORT_COLUMN_WORDS))],
  ["failure-reasons-zh", () => reasonsTable(["代码", "含义", "查看器遇到什么", "如何处理"], "zh")],
  ["result-columns-zh", () => columnsTable(["列", "含义"], translated(RESULTS_ONLY_COLUMNS, words.MORE_COLUMN_WORDS))],
];

/** The columns in their order, with the meanings of another language. */
function translated<Name extends string>(
  columns: readonly { readonly name: Name }[],
  meanings: Readonly<Record<Name, string>>,
) {
  return columns.map(({ name }) => ({ name, meaning: meanings[name] }));
}

const SNIPPETS = `${ROOT}docs/snippets/`;
const LANGUAGES: Readonly<Record<string, string>> = { ".ts": "ts", ".sh": "bash" };

/** What shows each file of docs/snippets in a document: `warm-gate.sh` is the part `snippet-warm-gate`. */
function snippetParts(): [part: string, make: () => string][] {
  return readdirSync(SNIPPETS).map((file) => {
    const extension = extname(file);
    const make = () =>
      `\`\`\`${LANGUAGES[extension] ?? ""}\n${readFileSync(SNIPPETS + file, "utf8").trimEnd()}\n\`\`\``;
    return [`snippet-${basename(file, extension)}`, make];
  });
}

/** What documents have from the product's code: the name of each generated part, and what makes its text. */
export const PRODUCT_PARTS: ReadonlyMap<string, () => string> = new Map([
  ["routes", routesTable],
  ["limits", () => limitsTable(["what", "least", "most"], (what) => what)],
  ["lifecycle", lifecyclePart],
  ["parameters", parameterTables],
  ["parameters-zh", parameterTables],
  ["regions", () => regionsTable(["region", "POPs"])],
  ["pop-bases", () => meaningsTable(["basis", "meaning"], BASES)],
  ["rec-bases", () => meaningsTable(["rec_basis", "meaning"], REC_BASES)],
  ["refused-headers", () => refusedTable(["refused", "because"], sentence)],
  ["report-columns", () => columnsTable(["column", "meaning"], REPORT_COLUMNS)],
  ["outcomes", () => meaningsTable(["outcome", "meaning"], OUTCOMES)],
  ["failure-reasons", () => reasonsTable(["code", "meaning", "what viewers meet", "what to do"], "en")],
  ["verdicts", () => meaningsTable(["verdict", "meaning"], VERDICTS)],
  ["result-columns", () => columnsTable(["column", "meaning"], RESULTS_ONLY_COLUMNS)],
  ["bounds", boundsTable],
  ["prices", priceTable],
  ...costParts(),
  ...snippetParts(),
  ...CHINESE_PARTS,
]);

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
