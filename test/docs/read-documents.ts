import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @param path from the root of the repository */
export const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** All documents: those of the root and of docs/, in each language. */
export const PATHS: readonly string[] = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((path) => `docs/${path}`),
]
  .filter((path) => path.endsWith(".md"))
  .sort();

/** The documents whose commands are for people, without the Chinese ones: those have the code of the English ones, as languages.test.ts wants. */
export const DOCUMENTS: ReadonlyMap<string, string> = new Map(
  [
    ...readdirSync(ROOT),
    "cli/README.md",
    ...["docs", "docs/adr"].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`)),
  ]
    .filter((path) => path.endsWith(".md") && path !== "CHANGELOG.md")
    .sort()
    .map((path) => [path, read(path)]),
);
