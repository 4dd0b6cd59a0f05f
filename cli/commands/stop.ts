import { Command } from "commander";
import type { StopWords } from "../actions/stop.ts";
import { withJson, withPlace, YES } from "./options.ts";
import type { Run } from "./run.ts";

export function stopCommand(run: Run): Command {
  const command = new Command("stop")
    .description("stop a request; warm objects stay warm")
    .argument("[id]", "request ID or its first characters")
    .option("--key <id>", "stop all running requests of the API key with this ID; see prewarm list")
    .option(...YES);
  return withPlace(withJson(command)).action((id: string | undefined, words: StopWords) =>
    run(async (shell) => (await import("../actions/all.ts")).stop(shell, id, words)),
  );
}
