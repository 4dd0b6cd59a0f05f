// What `npm run types` checks, as a whole: tsconfig.json, lib/tsconfig.json and console/tsconfig.json together leave out no file.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The files that a configuration includes, by absolute path. */
function included(folder: string): string[] {
  const { config } = ts.readConfigFile(`${folder}tsconfig.json`, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, folder).fileNames;
}

test("every TypeScript file's types are checked", () => {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|cdk\.out|coverage)$/.test(entry.name))
    .map(({ name }) => `${ROOT}${name}`);
  const files = folders.flatMap((folder) => ts.sys.readDirectory(folder, [".ts", ".tsx"]));
  expect(files.length).toBeGreaterThan(300);
  const checked = new Set([...included(ROOT), ...included(`${ROOT}lib/`), ...included(`${ROOT}console/`)]);
  expect(files.filter((file) => !checked.has(file))).toEqual([]);
});
