import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { stripVTControlCharacters } from "node:util";
import pMap from "p-map";

/** What `npm run test:rest` runs: each is a program with its arguments. */
export const CHECKS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  types: ["npm", "run", "--silent", "types"],
  templates: ["npx", "tsx", "tools/checks/lint-templates.ts"],
  lint: ["npm", "run", "--silent", "lint"],
  nag: ["npx", "tsx", "tools/release/nag.ts"],
  // What a program writes is committed as it writes it.
  generated: ["sh", "-c", "npm run --silent gen docs && npm run --silent gen map && git diff --exit-code"],
  coverage: ["npm", "run", "--silent", "coverage"],
  planted: ["npx", "tsx", "test/planted/run.ts"],
  "crash-points": ["npx", "vitest", "run", "--project", "crash-points"],
  "pipeline-long": ["npx", "vitest", "run", "--project", "pipeline-long"],
  e2e: ["npx", "vitest", "run", "--project", "rest"],
  // Two windows, which have both languages, themes and widths between them, and the shorter journey in one language.
  browser: [
    "npx",
    ...["playwright", "test", "--grep-invert", "@long", "--project", "stack", "--project", "actions"],
    ...["--project", "desktop", "--project", "phone-zh-dark"],
  ],
};

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** How one script ended. */
export interface Check {
  readonly script: string;
  /** Its exit code; a signal's name if one ended it. */
  readonly code: number | string;
  readonly seconds: number;
  /** What it said of itself: vitest's count of tests, with the coverage if that was measured; else its last line. */
  readonly summary: string;
  /** Lines of vitest and Playwright that name a failed test, each once. */
  readonly failedTests: readonly string[];
}

export interface CheckOptions {
  /** The program and its arguments that run a script. */
  readonly command: (script: string) => readonly [program: string, args: readonly string[]];
  /** Receives the output of all scripts as it comes. */
  readonly write: (text: string) => void;
}

/** These need one thread each, and are run at the same time. */
const QUICK = ["types", "templates", "lint", "nag"];

/** Groups of checks, one after the other. */
export function groupsOf(names: readonly string[]): string[][] {
  const wanted = [...new Set(names)];
  const quick = wanted.filter((name) => QUICK.includes(name));
  const others = wanted.filter((name) => !QUICK.includes(name)).map((name) => [name]);
  return quick.length === 0 ? others : [quick, ...others];
}

/** Failed tests of one script that the table names. */
const MAX_FAILED_TESTS = 10;

/** Scripts of a group that run at the same time: checks of one thread each, and CI has two cores. */
const MAX_AT_ONCE = 2;

/**
 * Runs groups of scripts, one group after the other. A script that fails does not keep the others from running; SIGINT and SIGTERM do.
 * @param groups The output of a script in a group of several is written when the script ends.
 */
export async function runChecks(groups: readonly (readonly string[])[], options: CheckOptions): Promise<Check[]> {
  const checks: Check[] = [];
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  for (const group of groups) {
    if (isStopped) break;
    const run = group.length === 1 ? runCheck : runBuffered;
    const ended = await pMap(group, async (script) => (isStopped ? [] : [await run(script, options)]), {
      concurrency: MAX_AT_ONCE,
    });
    checks.push(...ended.flat());
  }
  for (const signal of SIGNALS) process.off(signal, stop);
  return checks;
}

async function runBuffered(script: string, options: CheckOptions): Promise<Check> {
  let output = "";
  const check = await runCheck(script, {
    command: options.command,
    write: (text) => {
      output += text;
    },
  });
  options.write(output);
  return check;
}

function runCheck(script: string, { command, write }: CheckOptions): Promise<Check> {
  write(`\n=== ${script}\n`);
  const startedAt = performance.now();
  const [program, args] = command(script);
  // In a group of its own: a signal to this process ends all that the script has started.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const forward = (signal: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      write(chunk.toString());
    });
  }
  return new Promise((resolve) => {
    const end = (code: number | string, summary: string) => {
      for (const signal of SIGNALS) process.off(signal, forward);
      const seconds = (performance.now() - startedAt) / 1_000;
      resolve({ script, code, seconds, summary, failedTests: failedTestsOf(output) });
    };
    child.once("error", (error) => end("error", error.message));
    child.once("close", (code, signal) => end(code ?? signal ?? "error", summaryOf(output)));
  });
}

/**
 * What an output says in short: vitest's `Tests  12 passed (12)`, behind it the percentages of its coverage summary if there are any;
 * else the last line.
 */
export function summaryOf(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const tests = lines.findLast((line) => /^Tests +\d/.test(line));
  const coverage = ["Lines", "Branches"].flatMap((what) => {
    const percentage = lines.map((line) => new RegExp(`^${what} +: +([\\d.]+%)`).exec(line)?.[1]).find(Boolean);
    return percentage === undefined ? [] : `${what.toLowerCase()} ${percentage}`;
  });
  const summary = [tests ?? lines.at(-1) ?? "", ...coverage].join(", ");
  return summary.replaceAll(/ +/g, " ").slice(0, 120);
}

/** Lines that name a failed test: `FAIL  |unit| test/a.test.ts > adds` of vitest, `1) [desktop] › a.spec.ts:3:1 › adds` of Playwright. */
export function failedTestsOf(output: string): string[] {
  const lines = stripVTControlCharacters(output).split("\n");
  return [...new Set(lines.map((line) => line.trim()).filter((line) => /^(FAIL |\d+\) \[)/.test(line)))];
}

/** One line for each script, one for each failed test, and one for all. */
export function table(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ script }) => script.length), 0);
  const rows = checks.flatMap(({ script, code, seconds, summary, failedTests }) => {
    const ended = code === 0 ? "passed" : `FAILED (${code})`;
    const row = `${ended.padEnd(11)} ${script.padEnd(width)} ${seconds.toFixed(0).padStart(5)} s  ${summary}`;
    return [row, ...(code === 0 ? [] : failedTests.slice(0, MAX_FAILED_TESTS).map((line) => `  ${line}`))];
  });
  const failed = checks.filter(({ code }) => code !== 0);
  const names = failed.length === 0 ? "" : `: ${failed.map(({ script }) => script).join(", ")}`;
  return [...rows, `${checks.length} checks, ${failed.length} failed${names}`].join("\n");
}
