// `npm run lab -- SCENARIO [--seed N] [--scale S]`, `npm run lab -- --list`. The exit code is 0 if every check holds, 1 if one does not,
// 2 if the command line is wrong.
import { runProgram } from "../local/signals.ts";
import { listText, parseLabCommand } from "./command-line.ts";
import { commandLine, isGood, reportText, runScenario } from "./run.ts";
import { SCENARIOS } from "./scenarios/all.ts";

await runProgram(async (say) => {
  const command = parseLabCommand(process.argv.slice(2), SCENARIOS);
  if (command === "list") {
    say(listText(SCENARIOS));
    return true;
  }
  // At the start: a run that does not end says it, too.
  say(commandLine(command));
  const report = await runScenario(command, (line) => say(`  ${line}`));
  say(`\n${reportText(report)}`);
  return isGood(report);
});
