// The runner itself: what it takes for caught, and what it refuses.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { folderWith } from "../folder-with.ts";
import { alteredFiles, applyChange, ChangeError, loadBugs, type NamedBug, ROOT } from "./bug.ts";
import { CompileCheck } from "./compile-check.ts";
import { type Checked, runPlanted, verdictOn } from "./planted-run.ts";
import { Commands, judgeRun, type TestRun } from "./test-run.ts";
import { TreeCopy } from "./tree-copy.ts";

const CHANGE = { file: "domain/a.ts", find: "a < b", replace: "a <= b" };
const BUG: NamedBug = {
  area: "limits",
  name: "one-too-many",
  invariant: "i",
  description: "d",
  test: "test/a.test.ts",
  changes: [CHANGE],
};
const PASSED: TestRun = { kind: "passed", tests: 3, files: ["/copy/test/a.test.ts"] };
const FAILED: TestRun = { kind: "failed", tests: ["a limit holds"] };
const TIMED_OUT: TestRun = { kind: "timed out", tests: ["a limit holds"] };
const BROKEN: TestRun = { kind: "broken", problem: "no test ran" };

describe("a change", () => {
  test("replaces the text as it is, also where it has patterns of replaceAll", () => {
    expect(applyChange("if (a < b) {}", { ...CHANGE, replace: "$& $1" })).toBe("if ($& $1) {}");
  });

  test.each([
    ["is not there", "if (a > b) {}", /found 0 times.*Regenerate/],
    ["is there twice", "a < b || a < b", /found 2 times.*Regenerate/],
  ])("is refused if the text to find %s", (_, text, message) => {
    expect(() => applyChange(text, CHANGE)).toThrow(ChangeError);
    expect(() => applyChange(text, CHANGE)).toThrow(message);
  });

  test("is refused if it alters nothing", () => {
    expect(() => applyChange("a < b", { ...CHANGE, replace: CHANGE.find })).toThrow(/does not alter/);
  });

  test("follows another one in the same file", async () => {
    const root = folderWith({ "domain/a.ts": "a < b; c" });
    const changes = [CHANGE, { ...CHANGE, find: "<= b; c", replace: "<= b; d" }];
    expect([...(await alteredFiles({ changes }, root))]).toEqual([["domain/a.ts", "a <= b; d"]]);
    await expect(alteredFiles({ changes: [{ ...CHANGE, file: "gone.ts" }] }, root)).rejects.toThrow(ChangeError);
  });
});

describe("a run of vitest", () => {
  const file = (status: string, ...tests: string[]) => ({
    name: "a.test.ts",
    status,
    message: "",
    assertionResults: tests.map((it) => ({ status: it, fullName: `test ${it}` })),
  });
  const report = (...testResults: object[]) => ({ testResults });

  test.each<[string, number | undefined, unknown, TestRun["kind"]]>([
    ["passed if tests passed", 0, report(file("passed", "passed", "skipped")), "passed"],
    ["failed if a test failed", 1, report(file("failed", "passed", "failed")), "failed"],
    ["shows nothing if a file cannot be loaded", 1, report(file("failed")), "broken"],
    [
      "shows nothing if a file cannot be loaded, whatever another one shows",
      1,
      report(file("failed", "failed"), file("failed")),
      "broken",
    ],
    ["shows nothing if it found no file", 1, report(), "broken"],
    ["shows nothing if it skipped all tests", 0, report(file("passed", "skipped")), "broken"],
    ["shows nothing if it fails without a failed test", 1, report(file("passed", "passed")), "broken"],
    ["shows nothing if it wrote no report", 1, undefined, "broken"],
    ["shows nothing if it was ended", undefined, undefined, "broken"],
  ])("%s", (_, code, json, kind) => {
    expect(judgeRun(code, json, "output").kind).toBe(kind);
  });

  test("timed out if a hook of its test takes longer than its timeout, not if a failure says so", async () => {
    const root = folderWith({
      "hook.test.ts": "afterEach(() => new Promise(() => {}), 20); test('ends', () => {});",
      "node_modules/README": "",
      "fails.test.ts": "test('fails', () => expect('timed out in 20ms').toBe('1'), 20);",
    });
    await symlink(join(ROOT, "node_modules/vitest"), join(root, "node_modules/vitest"));
    // Each starts vitest anew.
    const run = (file: string) => new Commands().run(["run", "--globals", file], root);
    expect(await run("hook.test.ts")).toEqual({ kind: "timed out", tests: ["ends"] });
    expect(await run("fails.test.ts")).toEqual({ kind: "failed", tests: ["fails"] });
  }, 120_000);
});

test.each<[string, TestRun, TestRun | undefined, Checked["verdict"]]>([
  ["is caught if only its change makes a test fail", PASSED, FAILED, "caught"],
  ["is not caught if all tests pass with it", PASSED, PASSED, "NOT CAUGHT"],
  ["shows nothing if its test times out", PASSED, TIMED_OUT, "BROKEN"],
  ["shows nothing if its command fails without it", FAILED, undefined, "BROKEN"],
  ["shows nothing if its command runs no test", BROKEN, undefined, "BROKEN"],
  ["shows nothing if its change keeps tests from running", PASSED, BROKEN, "BROKEN"],
])("a bug %s", (_, unchanged, planted, verdict) => {
  expect(verdictOn(unchanged, planted).verdict).toBe(verdict);
});

describe("a run", () => {
  /** @param runs what each command comes to, without and with a bug in place */
  async function runOf(bugs: readonly NamedBug[], runs: (cwd: string, planted: boolean) => TestRun, problem?: string) {
    const ran: string[] = [];
    const planted = new Set<string>();
    const copies = ["one", "two"].map((path) => ({
      path,
      withFiles: async <T>(_: ReadonlyMap<string, string>, run: () => Promise<T>) => {
        planted.add(path);
        return run().finally(() => planted.delete(path));
      },
    }));
    const all = await runPlanted(bugs, {
      copies,
      compileCheck: { problemWith: () => problem },
      onChecked: () => undefined,
      altered: async () => new Map([["domain/a.ts", "text"]]),
      commands: {
        run: async (_, cwd) => {
          ran.push(planted.has(cwd) ? "planted" : "unchanged");
          return runs(cwd, planted.has(cwd));
        },
      },
    });
    return { all, ran: ran.toSorted() };
  }

  test("tries each command once without a bug, and then with each bug that has it", async () => {
    const bugs = [BUG, { ...BUG, name: "another" }, { ...BUG, name: "third" }];
    const { all, ran } = await runOf(bugs, (_, planted) => (planted ? FAILED : PASSED));
    expect(all.map(({ verdict }) => verdict)).toEqual(["caught", "caught", "caught"]);
    expect(ran).toEqual(["planted", "planted", "planted", "unchanged"]);
  });

  test("tries a test alone that the command with all tests did not show", async () => {
    const { all, ran } = await runOf([BUG, { ...BUG, test: "test/b.test.ts" }], (_, planted) =>
      planted ? FAILED : PASSED,
    );
    expect(all.map(({ verdict }) => verdict)).toEqual(["caught", "caught"]);
    expect(ran).toEqual(["planted", "planted", "unchanged", "unchanged"]);
  });

  test("tries a bug again that no test detects, and says so", async () => {
    let tries = 0;
    const { all } = await runOf([BUG], (_, planted) => (planted && ++tries === 2 ? FAILED : PASSED));
    expect(all).toMatchObject([{ verdict: "caught", isSecondTry: true }]);
    const never = await runOf([BUG], () => PASSED);
    expect(never.all).toMatchObject([{ verdict: "NOT CAUGHT", isSecondTry: true }]);
    expect(never.ran).toEqual(["planted", "planted", "unchanged"]);
    expect((await runOf([BUG], (_, planted) => (planted ? FAILED : PASSED))).all[0]?.isSecondTry).toBe(false);
  });

  test("plants nothing if the command fails anyway", async () => {
    const { all, ran } = await runOf([BUG], () => FAILED);
    expect(all).toMatchObject([{ verdict: "BROKEN", detail: expect.stringContaining("a limit holds") }]);
    expect(ran).toEqual(["unchanged"]);
  });

  test("runs nothing for a change that does not compile", async () => {
    const { all, ran } = await runOf([BUG], () => PASSED, "domain/a.ts: Cannot find name 'x'.");
    expect(all).toMatchObject([{ verdict: "BROKEN", detail: expect.stringContaining("Cannot find name") }]);
    expect(ran).toEqual([]);
  });
});

test("a change that has a wrong type does not compile; one that leaves something unused does", async () => {
  const root = folderWith({
    "tsconfig.json": '{ "compilerOptions": { "strict": true, "noUnusedLocals": true, "types": [] } }',
    "domain/a.ts": 'import { b } from "./b";\nexport const a: number = b;\n',
    "domain/b.ts": "export const b = 1;\n",
  });
  const check = new CompileCheck(root);
  const with_ = (text: string) => check.problemWith(new Map([["domain/a.ts", text]]));
  expect(with_('import { b } from "./b";\nexport const a: number = 2;\n')).toBeUndefined();
  expect(with_('import { b } from "./b";\nexport const a: string = b;\n')).toMatch(/^domain\/a\.ts: .*not assignable/);
  expect(with_("export const a: number = ;\n")).toMatch(/^domain\/a\.ts: /);
  expect(with_('import { b } from "./b";\nexport const a: number = b + 1;\n')).toBeUndefined();
});

test("a copy of the tree has tracked and new files, and takes a change and loses it again", async () => {
  const names = {
    "a.ts": "before",
    "new/b.ts": "",
    ".gitignore": "dist/\nnode_modules/",
    "dist/c.js": "",
    "node_modules/pkg/d.js": "d",
  };
  const root = folderWith(names);
  execFileSync("git", ["init", "-q"], { cwd: root });
  execFileSync("git", ["add", "a.ts"], { cwd: root });
  const copy = new TreeCopy(root);
  onTestFinished(() => copy.remove());
  const has = (file: string) => existsSync(join(copy.path, file));
  expect(Object.keys(names).filter(has)).toEqual(["a.ts", "new/b.ts", ".gitignore", "node_modules/pkg/d.js"]);
  const texts = () => Promise.all([root, copy.path].map((path) => readFile(join(path, "a.ts"), "utf8")));
  const failed = copy.withFiles(new Map([["a.ts", "changed"]]), async () => {
    expect(await texts()).toEqual(["before", "changed"]);
    throw new Error("the run failed");
  });
  await expect(failed).rejects.toThrow("the run failed");
  expect(await texts()).toEqual(["before", "before"]);
  copy.remove();
  expect(existsSync(copy.path)).toBe(false);
});

test("a bug that lacks something is named", async () => {
  const root = folderWith({ "limits.ts": "export default { 'one-too-many': { invariant: 'i' } };\n" });
  await expect(loadBugs(root)).rejects.toThrow(/limits\.ts does not hold bugs.*one-too-many/s);
});

test("each change of each bug fits today's code, and no two bugs have the same name", async () => {
  const bugs = await loadBugs();
  expect(bugs.length).toBeGreaterThanOrEqual(24);
  expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
  const altered = await Promise.allSettled(bugs.map((bug) => alteredFiles(bug)));
  expect(altered.filter(({ status }) => status === "rejected")).toEqual([]);
});
