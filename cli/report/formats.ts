import { Readable } from "node:stream";
import { CommandError } from "../command-error.ts";
import { rowsOf } from "./rows.ts";

/** How the rows of a report are written. Each makes the file's text out of the CSV that the API has. */
export const ROW_FORMATS = {
  csv: (csv: Readable): Readable => csv,
  json: (csv: Readable): Readable => Readable.from(jsonOf(csv)),
} as const satisfies Record<string, (csv: Readable) => Readable>;

/** `html` is a page: not the rows, but what they come to. */
export type Format = keyof typeof ROW_FORMATS | "html";

const FORMATS: readonly string[] = [...Object.keys(ROW_FORMATS), "html"];

/** What is said; else what the file is called; else CSV. @throws CommandError */
export function formatOf(said: string | undefined, file: string | undefined): Format {
  const named = (said ?? /\.(\w+)$/.exec(file ?? "")?.[1] ?? "csv").toLowerCase();
  if (isFormat(named)) return named;
  if (said === undefined) return "csv";
  throw new CommandError(`'${said}' is not a report format`, `Use one of ${FORMATS.join(", ")}.`);
}

function isFormat(name: string): name is Format {
  return FORMATS.includes(name);
}

async function* jsonOf(csv: Readable): AsyncGenerator<string> {
  let before = "[\n";
  for await (const row of rowsOf(csv)) {
    yield before + JSON.stringify(row);
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
