import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";

/** Local time, as a zip has it: so the zip is the same in every time zone. */
const ALWAYS = new Date(1980, 0, 1, 12);

/** A zip that is the same, byte for byte, for the same files. */
export function zipOf(files: Zippable): Uint8Array {
  return zipSync(files, { mtime: ALWAYS });
}

/** What is in a folder, by name. */
export function contentOf(folder: string): Zippable {
  const entries = readdirSync(folder).map((name) => {
    const path = join(folder, name);
    return [name, statSync(path).isDirectory() ? contentOf(path) : new Uint8Array(readFileSync(path))] as const;
  });
  return Object.fromEntries(entries);
}
