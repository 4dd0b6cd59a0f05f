import { hashSources } from "../../../tools/local/source-cache.ts";
import { folderWith } from "../../folder-with.ts";

const FILES = {
  "package-lock.json": "{}",
  "lib/stack.ts": "export const one = 1;",
  "lambdas/api/index.ts": "export const two = 2;",
  "test/stack.test.ts": "test",
  "node_modules/x/index.js": "x",
};

/** The hash of a project of {@link FILES} with changes. */
const hashWith = (changes: Readonly<Record<string, string>> = {}) => hashSources(folderWith({ ...FILES, ...changes }));

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
