// The rule of tools/checks/no-literal-spread.grit, as biome applies it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

test.each([
  ["an object literal in an object literal", "export const x = (b: number) => ({ a: 1, ...{ b } });", true],
  ["an object literal in an element", "export const x = (b: string) => <div {...{ b }} />;", true],
  ["an object", "export const x = (b: object) => ({ a: 1, ...b });", false],
  ["a conditional object", "export const x = (b?: number) => ({ a: 1, ...(b ? { b } : {}) });", false],
])("spreading %s: %s", (_, code, isRefused) => {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-lint-"));
  try {
    const plugins = [join(ROOT, "tools/checks/no-literal-spread.grit")];
    writeFileSync(join(folder, "biome.json"), JSON.stringify({ plugins, linter: { rules: { preset: "none" } } }));
    writeFileSync(join(folder, "code.tsx"), code);
    const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin/biome"), ["lint", "."], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`.includes("List the properties")).toBe(isRefused);
    expect(status).toBe(isRefused ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
