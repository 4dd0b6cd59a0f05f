import { parseLabOptions } from "./options.ts";
import type { LabPart } from "./part.ts";
import { labReport, runParts, wrongIn } from "./run-parts.ts";

/**
 * Runs the parts that the command line names, and prints the table of what they saw. The exit code is 0 if nothing is
 * wrong, 1 if something is, 2 if the command line is.
 * @returns whether the parts ran
 */
export async function labCommand(all: readonly LabPart[]): Promise<boolean> {
  const say = (line: string) => console.log(line);
  try {
    const options = parseLabOptions(
      process.argv.slice(2),
      all.map(({ name }) => name),
    );
    const chosen = all.filter(({ name }) => options.parts.includes(name));
    const reports = await runParts(chosen, options.scale, say);
    say(`\n${labReport(reports)}`);
    process.exitCode = wrongIn(reports) === 0 ? 0 : 1;
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return false;
  }
}
