// The built command as a process.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderWith } from "../folder-with.ts";
import { spawned } from "../spawned.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const COMMAND = join(ROOT, "cli/dist/prewarm.cjs");

/** Builds the command before the tests of a file. */
export function useBuiltCommand() {
  beforeAll(() => void execFileSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT }), 60_000);
}

type Environment = Readonly<Record<string, string>>;

/** Runs the command in a home that has no files, such as those of the AWS command line, unless there is a folder for it. */
export function runBuilt(words: readonly string[], env: Environment, where?: Parameters<typeof startBuilt>[2]) {
  const { child, ended } = startBuilt(words, env, where);
  child.stdin.end();
  return ended;
}

/** Starts it. @param where `shell`: words of a shell that runs before it, in its place; `node`: what runs it */
export function startBuilt(
  words: readonly string[],
  env: Environment,
  { file = COMMAND, folder = folderWith(), shell = ":", node = process.execPath } = {},
) {
  return spawned("bash", ["-c", `${shell}; exec "$0" "$@"`, node, file, ...words], {
    env: { PATH: process.env["PATH"], HOME: folder, ...env },
    cwd: folder,
  });
}
