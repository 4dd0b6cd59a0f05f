import { Command } from "commander";
import type { OpenWords } from "../actions/open.ts";
import { withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function openCommand(run: Run): Command {
  const command = new Command("open")
    .description("open the console in the browser, optionally at a request")
    .argument("[id]", "request ID or its first characters (default: the list of requests)")
    .option("--print", "print the URL instead of opening it");
  return withPlace(command).action((id: string | undefined, words: OpenWords) =>
    run(async (shell) => (await import("../actions/all.ts")).open(shell, id, words)),
  );
}
