// The rule of tools/checks/no-literal-spread.grit, as biome applies it.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../../tools/local/paths.ts";
import { folderWith } from "../../folder-with.ts";

test.each([
  ["an object literal in an object literal", "export const x = (b: number) => ({ a: 1, ...{ b } });", true],
  ["an object literal in an element", "export const x = (b: string) => <div {...{ b }} />;", true],
  ["an object", "export const x = (b: object) => ({ a: 1, ...b });", false],
  ["a conditional object", "export const x = (b?: number) => ({ a: 1, ...(b ? { b } : {}) });", false],
])("spreading %s: %s", (_, code, isRefused) => {
  const plugins = [join(ROOT, "tools/checks/no-literal-spread.grit")];
  const cwd = folderWith({
    "biome.json": JSON.stringify({ plugins, linter: { rules: { preset: "none" } } }),
    "code.tsx": code,
  });
  const lint = spawnSync(join(ROOT, "node_modules/.bin/biome"), ["lint", "."], { cwd, encoding: "utf8" });
  expect(lint.stdout + lint.stderr).toMatch(isRefused ? /List the properties/ : /^(?!.*List the properties)/s);
  expect(lint.status).toBe(isRefused ? 1 : 0);
});
