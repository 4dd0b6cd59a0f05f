import { cleanJson } from "../../cli/output/clean.ts";
import { sinkOf } from "../../cli/output/sink.ts";
import type { Finding } from "./check.ts";
import { doctorClients } from "./clients.ts";
import { confirm } from "./confirm.ts";
import { checksOf } from "./doctor.ts";
import { type DoctorOptions, parseOptions, USAGE, UsageError } from "./options.ts";
import { type Place, placeOf } from "./place.ts";
import { lineOf, rowOf, tally } from "./print.ts";
import { exitCode, runChecks } from "./run-checks.ts";
import { costOf } from "./smoke/cost.ts";

// Findings quote what servers and AWS answered: a terminal must not obey it.
const stdout = sinkOf(process.stdout);
const stderr = sinkOf(process.stderr);

// `npm run doctor`: docs/doctor.md.
try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) say(USAGE);
  else process.exitCode = await examine(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function examine(options: DoctorOptions): Promise<number> {
  const place = await placeOf(options);
  const clients = doctorClients({
    ...(place.region === undefined ? {} : { region: place.region }),
    ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
  });
  const region = await clients.ec2.config.region().catch(() => {
    throw new UsageError("No region is known; name one with --region");
  });
  if (options.phases.includes("smoke") && !options.yes)
    await confirm(costOf(options), { input: process.stdin, output: process.stderr });
  const print = printer(options.json);
  print.head(place, region);
  const findings = await runChecks(checksOf(options, place, clients, options.json ? () => undefined : say), {
    isAws: place.isAws,
    onFinding: print.finding,
  });
  print.end(findings);
  return exitCode(findings);
}

/** Lines for people on a terminal, fields between tabs for a pipe, one document with --json. */
function printer(json: boolean) {
  const { isTTY = false } = process.stdout;
  const inColour = isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const none = () => undefined;
  if (json) return { head: none, finding: none, end: (findings: readonly Finding[]) => say(toJson(findings)) };
  if (!isTTY) return { head: none, finding: (finding: Finding) => say(rowOf(finding)), end: none };
  return {
    head: ({ stackName, isAws, endpoint }: Place, region: string) =>
      say(`${stackName} in ${region}${isAws ? "" : `, as ${endpoint} has it: an emulator, not AWS`}\n`),
    finding: (finding: Finding) => say(lineOf(finding, inColour)),
    end: (findings: readonly Finding[]) => say(`\n${tally(findings)}`),
  };
}

function say(text: string): void {
  stdout.write(`${text}\n`);
}

function toJson(findings: readonly Finding[]): string {
  const json = JSON.stringify({ failed: exitCode(findings) === 1, findings }, null, 2);
  return stdout.isTTY === true ? cleanJson(json) : json;
}
