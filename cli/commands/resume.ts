import { Command } from "commander";
import type { DirectWords } from "../actions/direct.ts";
import { list, withJson } from "./options.ts";
import type { Run } from "./run.ts";

export function resumeCommand(run: Run): Command {
  const command = new Command("resume")
    .description("go on with a direct run that was cut off: what has its result stays")
    .argument("[id]", "run, or the beginning of its id (default: the newest)")
    .addOption(list("--dns <server>", "resolver to ask for POPs, such as 1.1.1.1; repeatable"))
    .option("-y, --yes", "do not ask, however long it takes");
  return withJson(command).action((id: string | undefined, words: DirectWords) =>
    run(async (shell) => (await import("../actions/all.ts")).resume(shell, id, words)),
  );
}
