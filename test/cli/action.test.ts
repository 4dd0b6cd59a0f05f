// The shell steps of the GitHub action, as a runner runs them, with a command that says how it was called.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../folder-with.ts";
import { ROOT } from "./built-command.ts";

const SCRIPT = readFileSync(join(ROOT, "cli/action/warm.sh"), "utf8");

/** Runs warm.sh with these inputs. The command answers with `document`, and ends with `code`. */
function warm(inputs: Record<string, string>, code: number, document?: object) {
  const folder = folderWith({
    "action/warm.sh": SCRIPT,
    "dist/prewarm.cjs": `require("node:fs").writeFileSync(__dirname + "/../words", JSON.stringify(process.argv.slice(2)));
     require("node:fs").writeFileSync(__dirname + "/../state", process.env.XDG_STATE_HOME ?? "");
     ${document === undefined ? "" : `console.log(${JSON.stringify(JSON.stringify(document))});`} process.exitCode = ${code};`,
    output: "",
    summary: "",
    words: "null",
    state: "",
  });
  const files = { GITHUB_OUTPUT: join(folder, "output"), GITHUB_STEP_SUMMARY: join(folder, "summary") };
  const env = { PATH: process.env["PATH"], ...files, ...inputs };
  const { status, stdout } = spawnSync("bash", [join(folder, "action/warm.sh")], { env, encoding: "utf8" });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return {
    status,
    stdout,
    words: JSON.parse(read("words")),
    output: read("output"),
    summary: read("summary"),
    state: read("state"),
  };
}

test("inputs become words, each of them one, whatever they have in them", () => {
  const { words } = warm(
    {
      INPUT_URLS: "https://a.example/1\n\n  https://a.example/$(id)?x=1&y='2'  \n--json",
      INPUT_POPS: "SIN2-P1,ATL56-C1",
      INPUT_TIMEOUT: "2h",
      INPUT_INVALIDATE: "true",
      INPUT_STACK: "",
      INPUT_ARGS: "--header=Accept: a b\n--origin-rps=50",
    },
    0,
    {},
  );
  expect(words).toEqual([
    ...["warm", "--json", "--pop=SIN2-P1,ATL56-C1", "--timeout=2h", "--invalidate"],
    ...["--header=Accept: a b", "--origin-rps=50", "--"],
    ...["https://a.example/1", "https://a.example/$(id)?x=1&y='2'", "--json"],
  ]);
});

test("paths to invalidate are a word each", () => {
  const { words } = warm({ INPUT_INVALIDATE: "/a/*\n /b c\n" }, 0, {});
  expect(words).toEqual(["warm", "--json", "--invalidate=/a/*", "--invalidate=/b c", "--"]);
});

test("outputs and the job's summary say how it ended, and the step ends with the command's code", () => {
  const document = { request_id: "r", status: "FINISHED", sentence: "Not ready:\nexit-code=0" };
  const { status, output, summary } = warm({ INPUT_URLS: "https://a.example/" }, 2, document);
  expect(status).toBe(2);
  expect(output).toBe("request-id=r\nstatus=FINISHED\nsentence=Not ready: exit-code=0\nexit-code=2\n");
  expect(summary).toBe("**Prewarm:** Not ready: exit-code=0\n");
});

test("the journal of a direct run is in the runner's folder, which ends with the job", () => {
  const temp = folderWith();
  expect(warm({ RUNNER_TEMP: temp, XDG_STATE_HOME: "/home/runner/state" }, 0, {}).state).toBe(temp);
  expect(readdirSync(temp)).toEqual([]);
  expect(warm({}, 0, {}).state).toBe("");
});

test("without an answer there is the code alone", () => {
  const { status, output, summary } = warm({}, 1);
  expect([status, summary]).toEqual([1, ""]);
  expect(output).toBe("request-id=\nstatus=\nsentence=\nexit-code=1\n");
});

test("without a stack, the command is told of none: it warms by itself", () =>
  expect(warm({ INPUT_SITEMAP: "https://a.example/s.xml", INPUT_REGIONS: "eu" }, 0, {}).words).toEqual([
    "warm",
    "--json",
    "--sitemap=https://a.example/s.xml",
    "--region=eu",
    "--",
  ]));

test("a key without an address does not warm by itself: the address was to come from a variable", () => {
  const { status, stdout, words } = warm({ PREWARM_API_KEY: "k", PREWARM_ENDPOINT: "" }, 0, {});
  expect([status, words]).toEqual([1, null]);
  expect(stdout).toMatch(/^::error::api-key /);
});

test("each input is handed on as a variable, and is no part of a script's text", () => {
  const action = readFileSync(join(ROOT, "action.yml"), "utf8");
  const [, inputs = "", runs = ""] = /^inputs:\n(.*)^outputs:\n.*^runs:\n(.*)/ms.exec(action) ?? [];
  const HANDED_ON = /^ {8}([A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$/gm;
  const handedOn = [...runs.matchAll(HANDED_ON)];
  const names = [...inputs.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name);
  expect(names).toContain("args");
  expect(handedOn.map(([, , input]) => input)).toEqual(names);
  expect(runs.replaceAll(HANDED_ON, "")).not.toContain("${{");
  // The command itself reads the others.
  for (const [, variable = ""] of handedOn)
    if (variable.startsWith("INPUT_")) expect(SCRIPT).toContain(`\${${variable}:-`);
});
