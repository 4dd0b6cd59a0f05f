// The built command as a process.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll } from "vitest";
import { folderWith } from "../folder-with.ts";
import { ran } from "../spawned.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const COMMAND = join(ROOT, "cli/dist/prewarm.cjs");

/** Builds the command before the tests of a file. */
export function useBuiltCommand() {
  beforeAll(() => void execFileSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT }), 60_000);
}

/** Runs the command in a home that has no files, such as those of the AWS command line, unless there is a folder for it. */
export function runBuilt(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  { file = COMMAND, folder = folderWith() } = {},
) {
  return ran(process.execPath, [file, ...words], {
    env: { PATH: process.env["PATH"], HOME: folder, ...env },
    cwd: folder,
  });
}
