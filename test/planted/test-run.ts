import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";

/**
 * What a command showed. Only a failed test detects a bug: a file that cannot be loaded, or no test at all, shows nothing. A test that
 * timed out may be one that a busy machine slowed down.
 */
export type TestRun =
  | { readonly kind: "passed"; readonly tests: number; readonly files: readonly string[] }
  | { readonly kind: "failed"; readonly tests: readonly string[] }
  | { readonly kind: "timed out"; readonly tests: readonly string[] }
  | { readonly kind: "broken"; readonly problem: string };

/** Longer than any command may take; one has the tests of all bugs. */
const TIMEOUT_MS = 600_000;
const TAIL_CHARACTERS = 600;
/**
 * How an error begins of a test, or a hook of it, that took longer than its `timeout`. The JSON reporter writes an error's stack, which
 * vitest makes before it knows the message.
 */
const TIMED_OUT = /^Error: (STACK_TRACE_ERROR\b|(Test|Hook) timed out in )/;

/** What is read of the file that vitest's JSON reporter writes. */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});

/** @param code exit code; undefined: it was ended by a signal. @param report what the JSON reporter wrote, undefined: nothing */
export function judgeRun(code: number | undefined, report: unknown, output: string): TestRun {
  const broken = (problem: string): TestRun => ({ kind: "broken", problem: `${problem}: ${tail(output)}` });
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success) return broken(`vitest wrote no report (exit code ${code})`);
  const files = parsed.data.testResults;
  const ended = (status: string) =>
    files.flatMap((file) => file.assertionResults.filter((test) => test.status === status));
  const notLoaded = files.find(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  if (notLoaded !== undefined) return broken(`${notLoaded.name} failed without a failed test: ${notLoaded.message}`);
  const failed = ended("failed");
  if (failed.length > 0 && code === 0) return broken("tests failed, and the exit code is 0");
  // Other failures of a test that timed out may follow from that.
  const inTime = failed.filter(({ failureMessages }) => !failureMessages.some((message) => TIMED_OUT.test(message)));
  if (inTime.length > 0) return { kind: "failed", tests: inTime.map(({ fullName }) => fullName) };
  if (failed.length > 0) return { kind: "timed out", tests: failed.map(({ fullName }) => fullName) };
  if (code !== 0) return broken(`exit code ${code} without a failed test`);
  const passed = files.filter(({ assertionResults }) => assertionResults.some(({ status }) => status === "passed"));
  if (passed.length === 0) return broken("no test ran");
  return { kind: "passed", tests: ended("passed").length, files: passed.map(({ name }) => name) };
}

function tail(output: string): string {
  return output.trim().slice(-TAIL_CHARACTERS);
}

/** Runs commands, each as a process group, so that nothing outlives the run. */
export class Commands {
  private readonly running = new Set<ChildProcess>();

  /** @param args of vitest. @param cwd root of a copy of the tree */
  async run(args: readonly string[], cwd: string): Promise<TestRun> {
    // One failed test is enough. But if tests run side by side, vitest may end before it has noted which one failed.
    const first = await this.runOnce(args, cwd, ["--bail=1"]);
    return first.kind === "broken" ? this.runOnce(args, cwd, []) : first;
  }

  private async runOnce(args: readonly string[], cwd: string, options: readonly string[]): Promise<TestRun> {
    const report = join(cwd, ".local/planted.json");
    mkdirSync(dirname(report), { recursive: true });
    rmSync(report, { force: true });
    // Without npx, which takes as long as some of the tests.
    const vitest = join(cwd, "node_modules/vitest/vitest.mjs");
    const reported = ["--reporter=json", `--outputFile=${report}`];
    const { code, output } = await this.spawned([vitest, ...args, ...options, ...reported], cwd);
    return judgeRun(code, readJson(report), output);
  }

  end(): void {
    for (const child of this.running) endGroup(child);
  }

  private spawned(args: readonly string[], cwd: string) {
    return new Promise<{ readonly code: number | undefined; readonly output: string }>((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        cwd,
        detached: true,
        env: { ...process.env, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      });
      this.running.add(child);
      let output = "";
      const keep = (chunk: string) => {
        output = `${output}${chunk}`.slice(-10 * TAIL_CHARACTERS);
      };
      child.stdout.setEncoding("utf8").on("data", keep);
      child.stderr.setEncoding("utf8").on("data", keep);
      const timer = setTimeout(() => {
        keep(`\nended after ${TIMEOUT_MS / 1_000} s`);
        endGroup(child);
      }, TIMEOUT_MS);
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(timer);
        this.running.delete(child);
        resolve({ code: code ?? undefined, output });
      });
    });
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
