import { textOfField } from "../../domain/csv.ts";
import type { Form } from "./form.ts";
import { formOfBody } from "./form-of-body.ts";

/** What a file comes to: the whole form, or lines for the list of URLs. */
export type Dropped =
  | { readonly form: Form }
  | { readonly lines: readonly string[] }
  /** It has no URL. */
  | { readonly nothing: true };

/**
 * Reads a file: JSON is a body of POST /prewarm, or a list of URLs; of a CSV each cell counts that is a URL; else a URL a line.
 * @param name the file's, with its extension
 */
export function readDropped(name: string, text: string, form: Form): Dropped {
  const clean = text.replace(/^\uFEFF/, "");
  if (/\.json$/i.test(name) || /^\s*[[{]/.test(clean)) {
    const json = parsed(clean);
    if (Array.isArray(json)) return linesOf(json.filter((it): it is string => typeof it === "string"));
    const filled = json === undefined ? undefined : formOfBody(json, form);
    if (filled !== undefined) return { form: filled };
  }
  if (/\.csv$/i.test(name)) return linesOf(cellsOf(clean).filter((cell) => /^https?:\/\//i.test(cell)));
  return linesOf(clean.split(/\r?\n/).map((line) => line.trim()));
}

function linesOf(lines: readonly string[]): Dropped {
  const filled = lines.filter((line) => line !== "");
  return filled.length === 0 ? { nothing: true } : { lines: filled };
}

/** Texts of the cells of all rows. A quoted cell may have commas and line breaks in it, and `""` for a quote. A report of Prewarm may be dropped. */
function cellsOf(text: string): string[] {
  const cells = text.match(/"(?:[^"]|"")*"|[^,;\t\r\n"]+/g) ?? [];
  return cells.map((cell) =>
    textOfField((cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell).trim()),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
