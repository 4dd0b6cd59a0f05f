import { Command } from "commander";
import type { ReportWords } from "../actions/report.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function reportCommand(run: Run): Command {
  const command = new Command("report")
    .description("the results of a request that has ended: a table, or a file")
    .argument("[id]", "request, or the beginning of its id (default: the newest)")
    .option("--failed", "a row a failed task (default)")
    .option("--all", "a row a task, warm ones too")
    .option("-o, --output <file>", "write a file; .json makes it JSON")
    .option("--format <format>", "csv or json (default: csv)");
  return withPlace(withJson(command)).action((id: string | undefined, words: ReportWords) =>
    run(async (shell) => (await import("../actions/all.ts")).report(shell, id, words)),
  );
}
