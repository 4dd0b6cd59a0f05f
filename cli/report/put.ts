import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { mention, type Shell } from "../shell.ts";
import { writeFile } from "./write-file.ts";

/** Puts a report where it was asked for: into a file, or without one and for `-` into the pipe. @throws CommandError */
export async function put(shell: Shell, file: string | undefined, text: Readable): Promise<void> {
  if (file !== undefined && file !== "-") {
    await writeFile(resolve(shell.cwd, file), text);
    mention(shell, `${file} is written.`);
  } else {
    for await (const part of text) await written(shell, part);
  }
}

/** A slow reader is waited for. */
async function written({ stdout }: Shell, part: string | Buffer): Promise<void> {
  if (stdout.write(part.toString()) === false) await new Promise<void>((resolve) => stdout.once?.("drain", resolve));
}
