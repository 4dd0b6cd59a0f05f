import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashSources } from "../../../tools/local/source-cache.ts";

const FILES = {
  "package-lock.json": "{}",
  "lib/stack.ts": "export const one = 1;",
  "lambdas/api/index.ts": "export const two = 2;",
  "test/stack.test.ts": "test",
  "node_modules/x/index.js": "x",
};

/** The hash of a project of {@link FILES} with changes. */
function hashWith(changes: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "prewarm-sources-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries({ ...FILES, ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return hashSources(root);
}

test("the same sources have the same hash, wherever they are", () => {
  expect(hashWith()).toBe(hashWith());
});

test.each([
  ["a changed source", { "lambdas/api/index.ts": "export const two = 3;" }],
  ["a new source", { "lambdas/api/handler.ts": "" }],
  ["a changed lock file", { "package-lock.json": '{"packages": {}}' }],
  ["text that moved to another file", { "lib/stack.ts": "", "lib/stack.ts2": "export const one = 1;" }],
])("%s changes the hash", (_, changes) => {
  expect(hashWith(changes)).not.toBe(hashWith());
});

test("tests, documents and installed packages do not change the hash", () => {
  expect(hashWith({ "README.md": "one" })).toBe(hashWith({ "README.md": "other" }));
  expect(hashWith({ "test/stack.test.ts": "other", "node_modules/x/index.js": "y" })).toBe(hashWith());
});
