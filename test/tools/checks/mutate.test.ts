import { targetOf, UnknownFolderError } from "../../../tools/checks/mutate.ts";
import { folderWith } from "../../folder-with.ts";

/** A tree in which `domain/tested` has a test, and `domain/untested` has none. */
const tree = () =>
  folderWith({
    "domain/tested/a.ts": "",
    "domain/untested/b.ts": "",
    "test/domain/tested/a.test.ts": "",
    "test/domain/untested/world.ts": "",
    "tools/lab/c.ts": "",
    "test/tools/lab/c.test.ts": "",
  });

describe("npm run mutate", () => {
  test.each([
    ["domain/tested", "domain/tested/**/*.ts"],
    ["domain/tested/a.ts", "domain/tested/a.ts"],
  ])("of %s mutates %s, and runs the tests of the same folder below test/", (path, mutated) => {
    expect(targetOf(path, tree())).toEqual({ mutate: [mutated], tests: ["test/domain/tested/**/*.test.ts"] });
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
