import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS, groupsOf, runChecks, summaryOf, table } from "../../../tools/checks/run-checks.ts";
import { ROOT } from "../../../tools/local/paths.ts";
import { folderWith } from "../../folder-with.ts";

/** Scripts are programs of Node.js here. */
const run = (...scripts: string[]) => runGroups(scripts.map((script) => [script]));
const runGroups = (groups: string[][]) => {
  const written: string[] = [];
  return runChecks(groups, {
    command: (script) => [process.execPath, ["-e", script]],
    write: (text) => written.push(text),
  }).then((checks) => ({ checks, written: written.join("") }));
};

describe("runChecks", () => {
  test("runs the scripts behind one that fails, and reports each exit code", async () => {
    const { checks, written } = await run("console.log('one')", "process.exit(3)", "console.error('three')");
    expect(checks.map(({ code, summary }) => [code, summary])).toEqual([
      [0, "one"],
      [3, ""],
      [0, "three"],
    ]);
    expect(written).toContain("one");
    expect(written).toContain("three");
    expect(table(checks).split("\n").at(-1)).toMatch(/^3 checks, 1 failed: process\.exit\(3\)$/);
  });

  test("runs the scripts of a group at the same time, and writes the output of each in one piece", async () => {
    // Each ends only when the other one has begun.
    const folder = folderWith();
    const meets = (own: string, other: string) =>
      `const fs = require("fs"); console.log("${own} begins"); fs.writeFileSync(${JSON.stringify(join(folder, own))}, "");
       setInterval(() => fs.existsSync(${JSON.stringify(join(folder, other))}) && (console.log("${own} ends"), process.exit(0)), 5);`;
    const { checks, written } = await runGroups([[meets("a", "b"), meets("b", "a")], ["console.log('after')"]]);
    expect(checks.map(({ code, summary }) => [code, summary])).toEqual([
      [0, "a ends"],
      [0, "b ends"],
      [0, "after"],
    ]);
    expect(written).toMatch(/a begins\na ends\n/);
    expect(written).toMatch(/b begins\nb ends\n/);
  });

  test("reports a script that a signal ends, and a program that does not exist, as failed", async () => {
    const { checks } = await run("process.kill(process.pid, 'SIGKILL')");
    expect(checks[0]?.code).toBe("SIGKILL");
    const none = await runChecks([["x"]], { command: () => ["/no-such-program", []], write: () => undefined });
    expect(none[0]).toMatchObject({ code: "error", summary: expect.stringContaining("ENOENT") });
    expect(table(none)).toContain("1 failed: x");
  });

  test.each([
    [
      "\n Test Files  2 passed (2)\n      Tests  \u001b[32m12 passed\u001b[39m (12)\n   Duration  3s\n",
      "Tests 12 passed (12)",
    ],
    ["first\nlast\n\n", "last"],
    [
      "      Tests  2 failed | 12 passed (14)\nBranches     : 83.56% ( 11283/13502 )\nLines        : 89.17% ( 1/2 )\nDetails: index.html",
      "Tests 2 failed | 12 passed (14), lines 89.17%, branches 83.56%",
    ],
  ])("%j is vitest's count of tests with the coverage if there is one, else the last line", (output, summary) => {
    expect(summaryOf(output)).toBe(summary);
  });
});

test("the table names the tests that failed, each once, and none of a check that passed at the second try", async () => {
  const log =
    "console.log(' FAIL  |rest| a.test.ts > adds\\n FAIL  |rest| a.test.ts > adds\\n  1) [desktop] › b.spec.ts:3:1 › opens')";
  const { checks } = await run(`${log};process.exitCode = 1`, log);
  expect(table(checks).split("\n").slice(1, 3)).toEqual([
    "  FAIL  |rest| a.test.ts > adds",
    "  1) [desktop] › b.spec.ts:3:1 › opens",
  ]);
  expect(table(checks).match(/^ {2}FAIL {2}/gm)).toHaveLength(1);
});

test("all checks are in one group each, those that need one thread together", () => {
  const groups = groupsOf(Object.keys(CHECKS));
  expect(groups.flat().toSorted()).toEqual(Object.keys(CHECKS).toSorted());
  expect(groups[0]).toEqual(["types", "templates", "lint", "nag"]);
});

test("named checks are run alone, in their order, each once", () => {
  expect(groupsOf(["planted", "nag", "e2e", "types", "nag"])).toEqual([["nag", "types"], ["planted"], ["e2e"]]);
});

test("the jobs of the workflow run every check, and none that is not there", () => {
  const jobs =
    /^ +checks:\n((?: +- .*\n)+)/m.exec(readFileSync(`${ROOT}.github/workflows/check.yml`, "utf8"))?.[1] ?? "";
  expect(jobs.match(/[a-z][\w-]*/g)?.toSorted()).toEqual(Object.keys(CHECKS).toSorted());
});

test("each check has a program that is there", () => {
  const words = Object.values(CHECKS).flat();
  const files = words.filter((word) => /\.(ts|mjs)$/.test(word));
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
});
