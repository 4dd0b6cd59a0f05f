import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { textOfField } from "../../domain/csv.ts";

/** No row is longer: a longer one has a quote that nobody closes. */
const MAX_ROW_CHARACTERS = 1_000_000;

/**
 * The rows of the file of all results, as domain/result/report.ts writes it: the names of the columns first. By hand, and many at once:
 * there may be millions, and csv-parse takes twenty times as long for each. @throws Error for what is no CSV
 */
export async function* taskRows(csv: Readable): AsyncGenerator<readonly (readonly string[])[]> {
  const decoder = new StringDecoder();
  let rest = "";
  let open = "";
  for await (const part of csv) {
    const lines = (rest + decoder.write(part)).split("\n");
    rest = lines.pop() ?? "";
    const rows: (readonly string[])[] = [];
    for (const line of lines) {
      const row = open === "" ? line : `${open}\n${line}`;
      open = isOpen(row) ? row : "";
      if (open === "") rows.push(fieldsOf(row));
      else if (open.length > MAX_ROW_CHARACTERS) throw new Error("a quote in the file is not closed");
    }
    yield rows;
  }
  if (rest !== "") yield [fieldsOf(open === "" ? rest : `${open}\n${rest}`)];
}

/** Whether a line ends within quotes: the row goes on in the next. */
function isOpen(row: string): boolean {
  if (!row.includes('"')) return false;
  return row.split('"').length % 2 === 0;
}

/** A field in quotes, in which each quote stands twice, or one without. */
const FIELD = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;

function fieldsOf(row: string): readonly string[] {
  if (!row.includes('"')) return row.split(",").map(textOfField);
  return [...row.matchAll(FIELD)].map(([, quoted, plain]) => textOfField(quoted?.replaceAll('""', '"') ?? plain ?? ""));
}
