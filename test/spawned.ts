// Provides processes and what they print.
import { type SpawnOptionsWithoutStdio, spawn } from "node:child_process";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program. @returns the process, its output so far, and what it comes to */
export function spawned(command: string, args: readonly string[], options: SpawnOptionsWithoutStdio) {
  const child = spawn(command, args, options);
  // Most read nothing, and may be gone before it is written.
  child.stdin.on("error", () => undefined);
  const heard = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      heard[name] += text;
    });
  const ended = new Promise<Ran>((resolve) => child.once("close", (code) => resolve({ code, ...heard })));
  return { child, heard, ended };
}

/** Runs a program to its end. @param input what it finds on its standard input */
export function ran(command: string, args: readonly string[], options: SpawnOptionsWithoutStdio = {}, input = "") {
  const { child, ended } = spawned(command, args, options);
  child.stdin.end(input);
  return ended;
}
