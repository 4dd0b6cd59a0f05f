// `npm run lab -- SCENARIO [--seed N] [--scale S]`, `npm run lab -- --list`. The exit code is 0 if every check holds, 1 if one does not,
// 2 if the command line is wrong.
import { UsageError } from "../command-line.ts";
import { InterruptedError } from "../local/processes.ts";
import { endOnSignals, INTERRUPTED } from "../local/signals.ts";
import { listText, parseLabCommand } from "./command-line.ts";
import { commandLine, isGood, reportText, runScenario } from "./run.ts";
import { SCENARIOS } from "./scenarios/all.ts";

const say = (line: string) => console.log(line);

try {
  const command = parseLabCommand(process.argv.slice(2), SCENARIOS);
  if (command === "list") say(listText(SCENARIOS));
  else {
    endOnSignals(say);
    // At the start: a run that does not end says it, too.
    say(commandLine(command));
    const report = await runScenario(command, (line) => say(`  ${line}`));
    say(`\n${reportText(report)}`);
    process.exitCode = isGood(report) ? 0 : 1;
  }
} catch (error) {
  if (error instanceof InterruptedError) process.exitCode = INTERRUPTED;
  else {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
