import { createWriteStream } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CommandError } from "../command-error.ts";

/** Writes a file whole or not at all; what is there and is no file, such as a device, as it comes. @throws CommandError */
export async function writeFile(path: string, text: Readable): Promise<void> {
  try {
    const there = await stat(path).catch(() => undefined);
    // A file in the place of a device would be there for all from then on. A link stays one.
    if (there?.isFile() === false) await pipeline(text, createWriteStream(path));
    else await writeWhole(there === undefined ? path : await realpath(path), text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const next = "Use -o with a file in a writable folder, or write to stdout.";
    throw new CommandError(`${path} could not be written: ${why}`, next, { cause: error });
  }
}

async function writeWhole(path: string, text: Readable): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await pipeline(text, createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
