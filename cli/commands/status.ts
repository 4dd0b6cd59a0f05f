import { Command, Option } from "commander";
import type { StatusWords } from "../actions/status.ts";
import { withJson, withPlace } from "./options.ts";
import type { Run } from "./run.ts";

export function statusCommand(run: Run): Command {
  const command = new Command("status")
    .description("show the status of a request")
    .argument("[id]", "request ID or its first characters (default: newest)")
    .addOption(new Option("-w, --watch", "watch the request until it ends").conflicts(["pops", "failures"]))
    .option("--pops", "show one line for each POP")
    .option("--failures", "show the failures by reason, also while the request is in progress");
  return withPlace(withJson(command)).action((id: string | undefined, words: StatusWords) =>
    run(async (shell) => (await import("../actions/all.ts")).status(shell, id, words)),
  );
}
