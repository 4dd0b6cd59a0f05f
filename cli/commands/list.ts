import { Command } from "commander";
import type { ListWords } from "../actions/list.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function listCommand(run: Run): Command {
  const command = new Command("list")
    .description("list requests, newest first")
    .option("--limit <n>", "maximum number of requests to list, up to 100", "20")
    .option("--status <status>", "only requests with this status, such as IN_PROGRESS");
  return withPlace(withJson(command)).action((words: ListWords) =>
    run(async (shell) => (await import("../actions/all.ts")).list(shell, words)),
  );
}
