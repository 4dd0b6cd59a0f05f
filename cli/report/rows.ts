import type { Readable } from "node:stream";
import { parse } from "csv-parse";
import * as z from "zod";
import { textOfField } from "../../domain/csv.ts";

/** A row of a report: its texts by the names of the columns. */
export type Row = Readonly<Record<string, string>>;

const rowSchema = z.record(z.string(), z.string().transform(textOfField));

export async function* rowsOf(csv: Readable): AsyncGenerator<Row> {
  const parsed = parse({ columns: true, bom: true });
  csv.once("error", (error) => parsed.destroy(error));
  for await (const row of csv.pipe(parsed)) yield rowSchema.parse(row);
}
