import { Command, Option } from "commander";
import type { Language } from "../../domain/format.ts";
import type { ReportWords } from "../actions/report.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

/** As the domain has them; see options.ts. */
const PAGE_LANGUAGES = ["en", "zh"] as const satisfies readonly Language[];

export function reportCommand(run: Run): Command {
  const command = new Command("report")
    .description("show or save the results of an ended request: table, file, or page to share")
    .argument("[id]", "request ID or its first characters (default: newest)")
    .option("--failed", "one row per failed task (default)")
    .option("--all", "one row per task, including warm ones")
    .option("-o, --output <file>", "write to a file; .json writes JSON, .html writes a page")
    .addOption(new Option("--format <format>", "csv, json or html (default: csv)").conflicts("json"))
    .addOption(
      new Option(
        "--html <file>",
        "write a single-file page: verdict, failures, map, timings; - writes to stdout",
      ).conflicts(["output", "format", "json"]),
    )
    .addOption(
      new Option("--lang <language>", "language of the page (default: the terminal's)").choices(PAGE_LANGUAGES),
    );
  return withPlace(withJson(command)).action((id: string | undefined, words: ReportWords) =>
    run(async (shell) => (await import("../actions/all.ts")).report(shell, id, words)),
  );
}
