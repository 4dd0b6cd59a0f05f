// Provides the command as its users run it: the bundle as a process, in a pipe or on a terminal.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as z from "zod";
import { ANSWERS } from "../../domain/api/answers.ts";
import { ROOT } from "../../tools/local/paths.ts";
import { onTerminal, type TerminalSize } from "../../tools/local/processes.ts";
import { spawned } from "../spawned.ts";
import type { Stack } from "./stack.ts";

const BUNDLE = `${ROOT}cli/dist/prewarm.cjs`;

/** Bundles the command. Call it once before a file's tests. */
export function buildCommand() {
  const built = spawnSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT, encoding: "utf8" });
  if (!existsSync(BUNDLE)) throw new Error(built.stderr);
}

/** The command with the endpoint and the key of a stack. */
export class CommandLine {
  constructor(private readonly stack: () => Pick<Stack, "prewarm">) {}

  /** Starts any program with the variables that the command reads. */
  start(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const { apiUrl, apiKey } = this.stack().prewarm;
    const env = { ...process.env, PREWARM_ENDPOINT: apiUrl, PREWARM_API_KEY: apiKey, LC_ALL: "C.UTF-8", ...more };
    return spawned(command, args, { cwd: ROOT, env });
  }

  begin(...words: string[]) {
    return this.start(process.execPath, [BUNDLE, ...words]);
  }

  run(...words: string[]) {
    const { child, ended } = this.begin(...words);
    child.stdin.end();
    return ended;
  }

  onTerminal(size: TerminalSize, more: Readonly<Record<string, string>>, ...words: string[]) {
    return this.start(...onTerminal(size, [process.execPath, BUNDLE, ...words]), more);
  }
}

/** What `--json` prints of a request that was waited for. */
export const endingSchema = z.object({
  request_id: z.string(),
  status: z.string(),
  exit_code: z.number(),
  sentence: z.string(),
  progress: ANSWERS["GET /prewarm"][200],
  summary: ANSWERS["GET /summary"][200],
});

/** Waits for an output. */
export async function until(holds: () => boolean, timeoutMs = 120_000) {
  const deadline = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
