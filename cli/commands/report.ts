import { Command, Option } from "commander";
import type { Language } from "../../domain/format.ts";
import type { ReportWords } from "../actions/report.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

/** As the domain has them; see options.ts. */
const PAGE_LANGUAGES = ["en", "zh"] as const satisfies readonly Language[];

export function reportCommand(run: Run): Command {
  const command = new Command("report")
    .description("the results of a request that has ended: a table, a file, or a page to send to others")
    .argument("[id]", "request, or the beginning of its id (default: the newest)")
    .option("--failed", "a row a failed task (default)")
    .option("--all", "a row a task, warm ones too")
    .option("-o, --output <file>", "write a file; .json makes it JSON, .html a page")
    .option("--format <format>", "csv, json or html (default: csv)")
    .addOption(
      new Option(
        "--html <file>",
        "write a page of one file: verdict, failures, map, timings; - writes to the pipe",
      ).conflicts(["output", "format", "json"]),
    )
    .addOption(new Option("--lang <language>", "language of a page (default: the terminal's)").choices(PAGE_LANGUAGES));
  return withPlace(withJson(command)).action((id: string | undefined, words: ReportWords) =>
    run(async (shell) => (await import("../actions/all.ts")).report(shell, id, words)),
  );
}
