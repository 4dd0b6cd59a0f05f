import { readdirSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { VERDICTS } from "../../domain/request/readiness-schema.ts";
import { OUTCOMES } from "../../domain/result/outcome.ts";
import { ROOT } from "../root.ts";
import { apiReference } from "./api-reference.ts";
import { edgeRows } from "./evidence-rows.ts";
import { openApiText } from "./openapi.ts";
import {
  boundsTable,
  lifecyclePart,
  meaningsTable,
  parameterTables,
  refusedTable,
  regionsTable,
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

/** Files of docs/ of which a program writes all, and what makes the text of each. */
export const GENERATED_FILES: ReadonlyMap<string, () => string> = new Map([
  ["docs/openapi.json", openApiText],
  ["docs/api.md", apiReference],
]);

/** What documents have from the product's code: the name of each generated part, and what makes its text. */
export const PRODUCT_PARTS: ReadonlyMap<string, () => string> = new Map([
  ["lifecycle", lifecyclePart],
  ["parameters", () => parameterTables("en")],
  ["parameters-zh", () => parameterTables("zh")],
  ["regions", () => regionsTable(["region", "POPs"])],
  ["refused-headers", () => refusedTable(["refused", "because"], sentence)],
  ["outcomes", () => meaningsTable(["outcome", "meaning"], OUTCOMES)],
  ["verdicts", () => meaningsTable(["verdict", "meaning"], VERDICTS)],
  ["bounds", boundsTable],
  ["edge-evidence", () => edgeRows()],
  ...snippetParts(),
]);

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
