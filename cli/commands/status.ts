import { Command } from "commander";
import type { StatusWords } from "../actions/status.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function statusCommand(run: Run): Command {
  const command = new Command("status")
    .description("tell where a request stands")
    .argument("[id]", "request, or the beginning of its id (default: the newest)")
    .option("-w, --watch", "watch it until it ends")
    .option("--pops", "a line a POP")
    .option("--failures", "the failures by reason, also while it runs");
  return withPlace(withJson(command)).action((id: string | undefined, words: StatusWords) =>
    run(async (shell) => (await import("../actions/all.ts")).status(shell, id, words)),
  );
}
