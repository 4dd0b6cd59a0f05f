import { Readable } from "node:stream";
import { CommandError } from "../command-error.ts";
import { rowsOf } from "./rows.ts";

/** How a report is written. Each makes the file's text out of the CSV that the API has. */
export const FORMATS = {
  csv: (csv: Readable): Readable => csv,
  json: (csv: Readable): Readable => Readable.from(jsonOf(csv)),
} as const satisfies Record<string, (csv: Readable) => Readable>;

export type Format = keyof typeof FORMATS;

/** What is said; else what the file is called; else CSV. @throws CommandError */
export function formatOf(said: string | undefined, file: string | undefined): Format {
  const named = (said ?? /\.(\w+)$/.exec(file ?? "")?.[1] ?? "csv").toLowerCase();
  if (isFormat(named)) return named;
  if (said === undefined) return "csv";
  throw new CommandError(`'${said}' is no format of a report`, `There are ${Object.keys(FORMATS).join(" and ")}.`);
}

function isFormat(name: string): name is Format {
  return Object.hasOwn(FORMATS, name);
}

async function* jsonOf(csv: Readable): AsyncGenerator<string> {
  let before = "[\n";
  for await (const row of rowsOf(csv)) {
    yield before + JSON.stringify(row);
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
