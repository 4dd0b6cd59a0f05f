import { Command } from "commander";
import { completionCommand } from "./commands/completion.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { estimateCommand } from "./commands/estimate.ts";
import { instancesCommand } from "./commands/instances.ts";
import { listCommand } from "./commands/list.ts";
import { openCommand } from "./commands/open.ts";
import { popsCommand } from "./commands/pops.ts";
import { reportCommand } from "./commands/report.ts";
import { resumeCommand } from "./commands/resume.ts";
import { retryCommand } from "./commands/retry.ts";
import type { Run } from "./commands/run.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { versionCommand } from "./commands/version.ts";
import { warmCommand } from "./commands/warm.ts";
import { EXIT_HELP } from "./exit-codes.ts";
import { wantsColour } from "./output/paint.ts";
import { printedCommand } from "./printed-command.ts";
import type { Shell } from "./shell.ts";
import { VERSION } from "./version.ts";

const COMMANDS = [
  ...[warmCommand, statusCommand, reportCommand, listCommand, retryCommand, resumeCommand, stopCommand],
  ...[estimateCommand, popsCommand, instancesCommand, openCommand, doctorCommand],
];

/** The whole command. @param onExit takes the exit code of what ran. Wrong words are commander's errors, told already */
export function program(shell: Shell, onExit: (code: number) => void): Command {
  const run: Run = async (action) => onExit(await action(shell));
  shell.command = printedCommand(shell.env);
  const root = new Command("prewarm")
    .description("Warms a CloudFront distribution at every chosen edge location before the crowd arrives.")
    .version(VERSION, "-v, --version", "print the version of this command")
    .addHelpText("after", `\n${EXIT_HELP}`)
    .hook("preAction", (_, called) => {
      shell.command = printedCommand(shell.env, called.opts());
    });
  for (const command of COMMANDS) root.addCommand(command(run));
  root.addCommand(completionCommand(run, () => root));
  root.addCommand(versionCommand(run));
  for (const command of withInner(root)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(text.replace(/^error: /, "prewarm: ")),
      getOutHelpWidth: () => shell.stdout.columns ?? 100,
      getErrHelpWidth: () => shell.stderr.columns ?? 100,
      getOutHasColors: () => wantsColour(shell.env, shell.stdout.isTTY),
      getErrHasColors: () => wantsColour(shell.env, shell.stderr.isTTY),
    });
    command.showHelpAfterError(`Run '${printedCommand(shell.env)(...pathOf(command), "--help")}' for usage.`);
  }
  return root;
}

function withInner(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}
