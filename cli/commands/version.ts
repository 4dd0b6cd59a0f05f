import { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { say } from "../shell.ts";
import { VERSION } from "../version.ts";
import type { Run } from "./run.ts";

export function versionCommand(run: Run): Command {
  return new Command("version").description("print the version of this command").action(() =>
    run(async (shell) => {
      say(shell, VERSION);
      return EXIT.good;
    }),
  );
}
