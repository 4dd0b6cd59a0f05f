import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { cleanFile, cleanJson, cleanPipedJson } from "../output/clean.ts";
import { mention, type Shell } from "../shell.ts";
import type { Format } from "./formats.ts";
import { writeFile } from "./write-file.ts";

/**
 * Puts a report where it was asked for: into a file, or without one and for `-` to stdout, byte by byte as it is. On a terminal, control
 * characters are replaced. JSON has the same value on a terminal, and in a pipe no commands to a CI runner. @throws CommandError
 */
export async function put(shell: Shell, file: string | undefined, text: Readable, format: Format): Promise<void> {
  if (file !== undefined && file !== "-") {
    await writeFile(resolve(shell.cwd, file), text);
    mention(shell, `${file} is written.`);
  } else if (shell.stdout.isTTY === true || format === "json") {
    const cleaned = shell.stdout.isTTY !== true ? cleanPipedJson : format === "json" ? cleanJson : cleanFile;
    const decoder = new StringDecoder();
    for await (const part of text) await written(shell, cleaned(typeof part === "string" ? part : decoder.write(part)));
    await written(shell, cleaned(decoder.end()));
  } else {
    for await (const part of text) await written(shell, Buffer.from(part));
  }
}

/** A slow reader is waited for. */
async function written({ stdout }: Shell, part: string | Uint8Array): Promise<void> {
  if (stdout.write(part) === false) await new Promise<void>((resolve) => stdout.once?.("drain", resolve));
}
