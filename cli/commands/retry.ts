import { Command } from "commander";
import type { RetryWords } from "../actions/retry.ts";
import { withDirect, withJson, withPlace, withSettings, withWait } from "./options.ts";
import type { Run } from "./run.ts";

export function retryCommand(run: Run): Command {
  const command = new Command("retry")
    .description("retry the tasks of a request that failed, were not kept or were not tried")
    .argument("<id>", "ID of an ended request, or its first characters");
  withWait(withSettings(command).optionsGroup("Then:"));
  return withDirect(withPlace(withJson(command)))
    .addHelpText(
      "after",
      "\nThe retry uses the settings of that request, except --header and --variant: specify these again.",
    )
    .action((id: string, words: RetryWords) =>
      run(async (shell) => (await import("../actions/all.ts")).retry(shell, id, words)),
    );
}
