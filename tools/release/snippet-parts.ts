import { readdirSync, readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { ROOT } from "../local/paths.ts";

const SNIPPETS = `${ROOT}docs/snippets/`;
const LANGUAGES: Readonly<Record<string, string>> = { ".ts": "ts", ".sh": "bash" };

/** What shows each file of docs/snippets in a document: `warm-gate.sh` is the part `snippet-warm-gate`. */
export function snippetParts(): [part: string, make: () => string][] {
  return readdirSync(SNIPPETS).map((file) => {
    const extension = extname(file);
    const make = () =>
      `\`\`\`${LANGUAGES[extension] ?? ""}\n${readFileSync(SNIPPETS + file, "utf8").trimEnd()}\n\`\`\``;
    return [`snippet-${basename(file, extension)}`, make];
  });
}
