// Keeps what is built from the sources, such as bundles and templates, between runs: below .local/, by a hash of all sources.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { LOCAL, ROOT } from "./paths.ts";

/** Folders of the project from which nothing that is cached is built. Packages count by the lock file. */
const NOT_SOURCES = new Set([".git", ".local", "cdk.out", "coverage", "node_modules", "test", "dist"]);
const CACHE = `${LOCAL}cache/`;

/** Folders that are kept beside the newest: another run in this checkout may still read one. */
const KEPT = 3;

/** A hash of names and contents of all source files but documents, and of the Node.js that builds them. */
export function hashSources(root: string = ROOT): string {
  const hash = createHash("sha256").update(`${process.version} ${process.platform} ${process.arch}`);
  const files = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !NOT_SOURCES.has(name))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(root, entry.name) : entry.isFile() ? [entry.name] : []));
  for (const file of files.filter((name) => !name.endsWith(".md")).sort())
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 32);
}

function filesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_SOURCES.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(root, path) : entry.isFile() ? [path] : [];
  });
}

/**
 * The folder that `build` writes, which is run only if no folder of that name and of these sources exists. The oldest folders
 * of other sources are removed.
 * @param build writes into the folder that it is given
 * @param hash gives the sources' hash. @default that of the project's
 * @throws Error if the sources changed meanwhile
 */
export async function cached(
  name: string,
  build: (folder: string) => Promise<unknown>,
  hash: () => string = hashSources,
): Promise<string> {
  const before = hash();
  mkdirSync(CACHE, { recursive: true });
  const folder = `${CACHE}${name}-${before}`;
  if (existsSync(folder)) return folder;
  const unfinished = `${CACHE}unfinished-${name}-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  await build(unfinished);
  // Kept, it would be taken for what the sources of before are built to.
  if (hash() !== before) throw new Error(`The sources changed while ${name} was built; run it again`);
  const others = readdirSync(CACHE).filter((other) => other.startsWith(`${name}-`));
  const age = (other: string) => -statSync(CACHE + other).mtimeMs;
  for (const old of others.sort((one, other) => age(one) - age(other)).slice(KEPT))
    rmSync(CACHE + old, { recursive: true, force: true });
  // Another run may have been faster. A rename onto a folder that is not empty fails.
  if (!existsSync(folder)) renameSync(unfinished, folder);
  else rmSync(unfinished, { recursive: true, force: true });
  return folder;
}
