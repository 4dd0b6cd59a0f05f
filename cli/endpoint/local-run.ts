import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { CommandError } from "../command-error.ts";
import type { Endpoint } from "./endpoint.ts";

const schema = z.object({ apiUrl: z.string(), apiKey: z.string() });

/**
 * The local run, as long as its file is there.
 * @param folders in which `.local/` may stand; the first counts
 */
export async function localRun(folders: readonly string[]): Promise<Endpoint | undefined> {
  for (const folder of folders) {
    const file = join(folder, ".local", "endpoint.json");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return read(text, file);
  }
  return undefined;
}

function read(text: string, file: string): Endpoint {
  try {
    const { apiUrl, apiKey } = schema.parse(JSON.parse(text));
    return { url: apiUrl, key: apiKey, from: file };
  } catch (error) {
    const next = "Remove it, and start the local run again: npm start";
    throw new CommandError(`${file} cannot be read`, next, { cause: error });
  }
}
