import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { CommandError } from "../command-error.ts";
import type { Shell } from "../shell.ts";

/** The text of a file, or of the pipe if it is `-`. @throws CommandError that names the option */
export async function readText({ cwd, stdin }: Pick<Shell, "cwd" | "stdin">, option: string, file: string) {
  if (file === "-") {
    if (stdin.isTTY === true)
      throw new CommandError("- reads stdin, which is a terminal", (command) =>
        option === "--from"
          ? `Pipe the body of a request or a list of URLs, for example: cat request.json | ${command("warm", "--from -")}`
          : `Pipe the URLs, for example: cat urls.txt | ${command("warm", "-")}`,
      );
    return text(stdin);
  }
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new CommandError(`${option}: ${whyNot(error, file)}`, "Use a readable file, or - for stdin.", {
      cause: error,
    });
  }
}

function whyNot(error: unknown, file: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return `there is no file '${file}'`;
    case "EISDIR":
      return `'${file}' is a folder`;
    case "EACCES":
    case "EPERM":
      return `'${file}' cannot be read: you do not have the permission`;
    default:
      return `'${file}' cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
