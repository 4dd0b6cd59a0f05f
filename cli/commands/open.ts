import { Command } from "commander";
import type { OpenWords } from "../actions/open.ts";
import { withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function openCommand(run: Run): Command {
  const command = new Command("open")
    .description("open the console in the browser, at a request if one is named")
    .argument("[id]", "request, or the beginning of its id (default: the list of all)")
    .option("--print", "only print its address");
  return withPlace(command).action((id: string | undefined, words: OpenWords) =>
    run(async (shell) => (await import("../actions/all.ts")).open(shell, id, words)),
  );
}
