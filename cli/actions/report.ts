import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Summary } from "../api/answers.ts";
import { findRequest, shortId } from "../api/find-request.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../endpoint/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { lookOf } from "../output/look.ts";
import { table } from "../output/table.ts";
import { download } from "../report/download.ts";
import { FORMATS, formatOf } from "../report/formats.ts";
import { type Row, rowsOf } from "../report/rows.ts";
import { writeFile } from "../report/write-file.ts";
import { mention, type Shell, say } from "../shell.ts";
import { type PlaceWords, placeOf } from "./place-words.ts";

export interface ReportWords extends PlaceWords {
  readonly failed?: boolean;
  readonly all?: boolean;
  readonly format?: string;
  readonly output?: string;
}

/** The report of a request that has ended: the newest one, if none is named. A table on a terminal; else a file as it is. */
export async function report(shell: Shell, named: string | undefined, words: ReportWords): Promise<number> {
  if (words.all === true && words.failed === true)
    throw new CommandError(
      "a report has --failed tasks or --all",
      "Say one of them; without either it has the failed ones.",
    );
  const format = formatOf(words.json === true ? "json" : words.format, words.output);
  const client = await connect(shell, placeOf(words));
  const { id } = await findRequest(client, named);
  const { it: summary } = await client.summary(id);
  const csv = await download(linkOf(summary, words.all === true));
  if (words.output !== undefined && words.output !== "-") {
    await writeFile(resolve(shell.cwd, words.output), FORMATS[format](csv));
    mention(shell, `${words.output} is written.`);
  } else if (shell.stdout.isTTY === true && words.format === undefined && words.json !== true) {
    await tellTable(shell, id, csv, words.all === true);
  } else {
    for await (const part of FORMATS[format](csv)) await written(shell, part);
  }
  return EXIT.good;
}

function linkOf({ request_id, failure_pop_urls_report, results_url }: Summary, isAll: boolean): string {
  if (!isAll) return failure_pop_urls_report;
  if (results_url) return results_url;
  const next = `prewarm report ${shortId(request_id)} --failed has the failed ones.`;
  throw new CommandError("there is no file of all results of this request", next);
}

/** A slow reader is waited for. */
async function written({ stdout }: Shell, part: string | Buffer): Promise<void> {
  if (stdout.write(part.toString()) === false) await new Promise<void>((resolve) => stdout.once?.("drain", resolve));
}

/** So many rows are shown on a terminal. */
const MOST_ROWS = 200;

const COLUMNS = [
  ...[{ head: "POP" }, { head: "OUTCOME" }, { head: "HTTP", align: "right" as const }],
  ...[{ head: "ERROR" }, { head: "URL", gives: true }],
];

async function tellTable(shell: Shell, id: string, csv: Readable, isAll: boolean): Promise<void> {
  const rows: Row[] = [];
  let more = 0;
  for await (const row of rowsOf(csv)) {
    if (rows.length < MOST_ROWS) rows.push(row);
    else more++;
  }
  if (rows.length === 0) mention(shell, isAll ? "There is no task." : "No task failed.");
  else for (const line of table(COLUMNS, rows.map(cellsOf), lookOf(shell))) say(shell, line);
  const words = `prewarm report ${shortId(id)} ${isAll ? "--all" : "--failed"} -o report.csv`;
  if (rows.length > 0) mention(shell, `${more > 0 ? `${more} more rows. ` : ""}All columns: ${words}`);
}

function cellsOf(row: Row): string[] {
  const { pop = "", outcome = "", http_status = "", error = "", url = "", variant = "" } = row;
  return [pop, outcome, http_status, error, variant === "" ? url : `${url} (${variant})`];
}
