import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { targetOf, UnknownFolderError } from "../../../tools/checks/mutate.ts";

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
