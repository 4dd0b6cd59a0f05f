import type { Readable } from "node:stream";
import type { Summary } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { findRequest } from "../api/find-request.ts";
import { placeOf } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { lookOf } from "../output/look.ts";
import { table } from "../output/table.ts";
import { download } from "../report/download.ts";
import { formatOf, ROW_FORMATS } from "../report/formats.ts";
import { put } from "../report/put.ts";
import { type Row, rowsOf } from "../report/rows.ts";
import { command, mention, type Shell, say } from "../shell.ts";
import type { PageWords } from "./report-page.ts";

export interface ReportWords extends PageWords {
  readonly format?: string;
  readonly output?: string;
  readonly html?: string;
}

/** The report of a request that has ended: the newest one, if none is named. A table on a terminal; else a file as it is. */
export async function report(shell: Shell, named: string | undefined, words: ReportWords): Promise<number> {
  if (words.all === true && words.failed === true)
    throw new CommandError("--failed and --all cannot be combined", "Use one of them. The default is --failed.");
  if (words.json === true && formatOf(undefined, words.output) === "html")
    throw new CommandError(
      `--json does not write a page, and '${words.output}' is one`,
      "Remove --json, or use a .json file.",
    );
  const format = formatOf(words.json === true ? "json" : words.format, words.output);
  if (words.html !== undefined || format === "html") return page(shell, named, words);
  if (words.lang !== undefined)
    throw new CommandError("--lang applies only to a page", "Remove --lang, or write a page: --html report.html.");
  const client = await connect(shell, placeOf(words));
  const { id } = await findRequest(client, named);
  const { value: summary } = await client.summary(id);
  const csv = await download(linkOf(summary, words.all === true), client);
  const toTerminal = shell.stdout.isTTY === true && (words.output ?? "-") === "-";
  if (toTerminal && words.format === undefined && words.json !== true)
    await tellTable(shell, id, csv, words.all === true);
  else await put(shell, words.output, ROW_FORMATS[format](csv), format);
  return EXIT.good;
}

async function page(shell: Shell, named: string | undefined, words: ReportWords): Promise<number> {
  const { reportPage } = await import("./report-page.ts");
  return reportPage(shell, named, words, words.html ?? words.output);
}

function linkOf({ request_id, failure_pop_urls_report, results_url }: Summary, isAll: boolean): string {
  if (!isAll) return failure_pop_urls_report;
  if (results_url) return results_url;
  throw new CommandError(
    "there is no file of all results of this request",
    (command) => `To see the failed tasks: ${command("report", shortId(request_id), "--failed")}`,
  );
}

/** So many rows are shown on a terminal. */
const MAX_ROWS = 200;

const COLUMNS = [
  ...[{ head: "POP" }, { head: "OUTCOME", dropped: 1 }, { head: "HTTP", align: "right" as const, dropped: 2 }],
  ...[
    { head: "ERROR", gives: true },
    { head: "URL", gives: true },
  ],
];

async function tellTable(shell: Shell, id: string, csv: Readable, isAll: boolean): Promise<void> {
  const rows: Row[] = [];
  let more = 0;
  for await (const row of rowsOf(csv)) {
    if (rows.length < MAX_ROWS) rows.push(row);
    else more++;
  }
  if (rows.length === 0) mention(shell, isAll ? "The request has no tasks." : "No task failed.");
  else for (const line of table(COLUMNS, rows.map(cellsOf), lookOf(shell))) say(shell, line);
  const whole = command(shell, "report", shortId(id), isAll ? "--all" : "--failed", "-o report.csv");
  if (rows.length > 0) mention(shell, `${more > 0 ? `${more} more rows. ` : ""}All columns: ${whole}`);
}

function cellsOf(row: Row): string[] {
  const { pop = "", outcome = "", http_status = "", error = "", url = "", variant = "" } = row;
  const object = variant === "" ? url : `${url} (${variant})`;
  // A row without a POP is of a URL that could not be read, one without a URL of a POP that did not resolve.
  return [pop === "" ? "every POP" : pop, outcome, http_status, error, url === "" ? "every URL" : object];
}
