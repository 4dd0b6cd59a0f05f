import { Command } from "commander";
import type { RetryWords } from "../actions/retry.ts";
import { withDirect, withJson, withPlace, withSettings } from "./options.ts";
import type { Run } from "./run.ts";

export function retryCommand(run: Run): Command {
  const command = new Command("retry")
    .description("warm what is not good in a request: failed, not kept, never tried")
    .argument("<id>", "request that has ended, or the beginning of its id");
  withSettings(command)
    .optionsGroup("Then:")
    .option("--wait", "wait for the end (default)")
    .option("--no-wait", "print the new request's id, and leave it running");
  return withDirect(withPlace(withJson(command)))
    .addHelpText(
      "after",
      "\nIt has the settings of that request, but for --header and --variant: these must be given again.",
    )
    .action((id: string, words: RetryWords) =>
      run(async (shell) => (await import("../actions/all.ts")).retry(shell, id, words)),
    );
}
