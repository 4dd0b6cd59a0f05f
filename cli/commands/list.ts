import { Command } from "commander";
import type { ListWords } from "../actions/list.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function listCommand(run: Run): Command {
  const command = new Command("list")
    .description("list the newest requests")
    .option("--limit <n>", "so many, 100 at most", "20")
    .option("--status <status>", "only those of a status, such as IN_PROGRESS");
  return withPlace(withJson(command)).action((words: ListWords) =>
    run(async (shell) => (await import("../actions/all.ts")).list(shell, words)),
  );
}
