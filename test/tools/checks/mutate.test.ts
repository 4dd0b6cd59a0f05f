import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { targetOf, UnknownFolderError } from "../../../tools/checks/mutate.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A tree in which `domain/tested` has a test, and `domain/untested` has none. */
function tree(): string {
  const root = mkdtempSync(join(tmpdir(), "prewarm-mutate-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const path of [
    ...["domain/tested/a.ts", "domain/untested/b.ts", "test/domain/tested/a.test.ts"],
    ...["test/domain/untested/world.ts", "tools/lab/c.ts", "test/tools/lab/c.test.ts"],
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
  }
  return root;
}

describe("npm run mutate", () => {
  test("mutates a folder and runs the tests of the same folder below test/", () => {
    expect(targetOf("domain/tested", tree())).toEqual({
      mutate: ["domain/tested/**/*.ts"],
      tests: ["test/domain/tested/**/*.test.ts"],
    });
  });

  test("mutates one file and runs the tests of its folder", () => {
    expect(targetOf("domain/tested/a.ts", tree())).toEqual({
      mutate: ["domain/tested/a.ts"],
      tests: ["test/domain/tested/**/*.test.ts"],
    });
  });

  test.each([
    ["that does not exist", "domain/planned"],
    ["without unit tests", "domain/untested"],
    ["that is no product code", "tools/lab"],
    ["outside the project", "../domain/tested"],
    ["of which only the file is missing", "domain/tested/b.ts"],
    ["that is not given", ""],
  ])("rejects a folder %s", (_, path) => {
    const root = tree();
    expect(() => targetOf(path, root)).toThrow(UnknownFolderError);
    expect(() => targetOf(path, root)).toThrow(`'${path}'`);
  });
});

describe.each(["agent/fetch", "agent/receive", "agent/report"])("%s", (folder) => {
  const { mutate, tests } = targetOf(folder, ROOT);
  const names = (of: string) => readdirSync(join(ROOT, of));

  test("excludes only files that exist", () => {
    const excluded = mutate.filter((pattern) => pattern.startsWith("!")).map((pattern) => basename(pattern));
    expect(excluded.filter((name) => !names(folder).includes(name))).toEqual([]);
  });

  test("excludes only tests that exist, and keeps some", () => {
    const ends = (pattern: string) => basename(pattern).replace(".test.ts", "").split("*");
    const excluded = tests.filter((pattern) => pattern.startsWith("!")).map(ends);
    const files = names(`test/${folder}`).filter((name) => name.endsWith(".test.ts"));
    const isExcluded = (name: string, [begin = "", more]: readonly string[]) =>
      more === undefined ? name === `${begin}.test.ts` : name.startsWith(begin);
    expect(excluded.filter((pattern) => !files.some((name) => isExcluded(name, pattern)))).toEqual([]);
    expect(files.some((name) => !excluded.some((pattern) => isExcluded(name, pattern)))).toBe(true);
  });
});
