import { Command } from "commander";
import type { DirectWords } from "../actions/direct.ts";
import { dnsOption, withJson, YES } from "./options.ts";
import type { Run } from "./run.ts";

export function resumeCommand(run: Run): Command {
  const command = new Command("resume")
    .description("resume an interrupted direct run; existing results are kept")
    .argument("[id]", "run ID or its first characters (default: newest)")
    .addOption(dnsOption())
    .option(...YES);
  return withJson(command).action((id: string | undefined, words: DirectWords) =>
    run(async (shell) => (await import("../actions/all.ts")).resume(shell, id, words)),
  );
}
