import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { CommandError } from "../command-error.ts";
import type { Shell } from "../shell.ts";

/** The text of a file, or of the pipe if it is `-`. @throws CommandError that names the option */
export async function readText({ cwd, stdin }: Pick<Shell, "cwd" | "stdin">, option: string, file: string) {
  if (file === "-") {
    if (stdin.isTTY === true)
      throw new CommandError(`${option} - reads a pipe, and there is none`, `cat urls.txt | prewarm warm ${option} -`);
    return text(stdin);
  }
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${option}: ${why}`, "Name a file that can be read, or - for the pipe.", { cause: error });
  }
}
