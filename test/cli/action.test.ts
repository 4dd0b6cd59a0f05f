// The shell steps of the GitHub action, as a runner runs them, with a command that says how it was called.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../folder-with.ts";
import { ROOT } from "./built-command.ts";

const SCRIPT = readFileSync(join(ROOT, "cli/action/warm.sh"), "utf8");

/**
 * Runs warm.sh with these inputs. The command answers with `document`, and ends with `code`; its report is written, or is an error.
 * @returns also the words of both calls
 */
function warm(inputs: Record<string, string>, code: number, document?: object, hasReport = true) {
  const folder = folderWith({
    "action/warm.sh": SCRIPT,
    "dist/prewarm.cjs": `const { writeFileSync } = require("node:fs"), words = process.argv.slice(2), isReport = words[0] === "report";
     writeFileSync(__dirname + "/../state", process.env.XDG_STATE_HOME ?? "");
     writeFileSync(__dirname + (isReport ? "/../report" : "/../words"), JSON.stringify(words));
     if (isReport) { writeFileSync(words.at(-1), "<page>"); process.exitCode = ${hasReport ? 0 : 1}; }
     else { ${document === undefined ? "" : `console.log(${JSON.stringify(JSON.stringify(document))});`} process.exitCode = ${code}; }`,
    output: "",
    summary: "",
    words: "null",
    report: "null",
    state: "",
  });
  const files = {
    GITHUB_OUTPUT: join(folder, "output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary"),
    RUNNER_TEMP: folder,
  };
  const env = { PATH: process.env["PATH"], ...files, ...inputs };
  const { status, stdout } = spawnSync("bash", [join(folder, "action/warm.sh")], { env, encoding: "utf8" });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const kept = readdirSync(folder).filter((name) => name.startsWith("prewarm."));
  const calls = { words: JSON.parse(read("words")), report: JSON.parse(read("report")) };
  return {
    status,
    stdout,
    ...calls,
    output: read("output"),
    summary: read("summary"),
    state: read("state"),
    folder,
    kept,
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

test.each([
  "<img src=x onerror=alert(1)> [a](https://evil.test) **b** `c` é",
  "x\n::set-output name=a::b\nreport=/etc/passwd",
  "x\r##vso[task.complete result=Succeeded;]$(id)",
])(
  "a sentence with text from elsewhere is one line of the outputs, text in the summary, and not in the log: %j",
  (sentence) => {
    const document = { request_id: "r", status: "x", sentence };
    const { output, summary, stdout } = warm({ INPUT_URLS: "https://a.example/" }, 0, document);
    // The command itself writes to the log: it cleans what it prints.
    expect(stdout).toBe("");
    expect(output.split("\n").filter((line) => line.startsWith("report="))).toHaveLength(1);
    expect(output.split("\n")).toHaveLength(7);
    const [, text = ""] = /^\*\*Prewarm:\*\* (.*)\n$/.exec(summary) ?? [];
    // What is left without the characters that are escaped has no meaning in Markdown or HTML.
    expect(text.replaceAll(/\\[!-/:-@[-`{-~]/g, "")).toMatch(/^[\p{L}\d\s]*$/u);
    expect(text.replaceAll("\\", "")).toBe(sentence.replaceAll(/\s+/g, " "));
  },
);

test("outputs and the job's summary say how it ended, and the step ends with the command's code", () => {
  const document = { request_id: "r", status: "FINISHED", sentence: "Not ready:\nexit-code=0" };
  const { status, output, summary } = warm({ INPUT_URLS: "https://a.example/" }, 2, document);
  expect(status).toBe(2);
  expect(output).toMatch(
    /^request-id=r\nstatus=FINISHED\nsentence=Not ready: exit-code=0\nexit-code=2\nreport=.*\njson=.*\n$/,
  );
  expect(summary).toBe("**Prewarm:** Not ready\\: exit\\-code\\=0\n");
});

test("the journal of a direct run is in the runner's folder, which ends with the job", () => {
  const { state, folder } = warm({ XDG_STATE_HOME: "/home/runner/state" }, 0, {});
  expect(state).toBe(folder);
  expect(warm({ RUNNER_TEMP: "" }, 0, {}).state).toBe("");
});

test("the report page and the document stay for a step that uploads them", () => {
  const document = { request_id: "r", sentence: "Ready." };
  const inputs = { INPUT_STACK: "S", INPUT_ARGS: "--profile=p\n--direct-not\n--origin-rps=5" };
  const { output, report, folder, kept } = warm(inputs, 0, document);
  const [name = ""] = kept;
  const page = join(folder, name, "prewarm.html");
  expect(report).toEqual(["report", "--stack=S", "--profile=p", "r", "--html", page]);
  const [, json = ""] = /^json=(.*)$/m.exec(output) ?? [];
  expect(output).toContain(`\nreport=${page}\n`);
  expect([JSON.parse(readFileSync(json, "utf8")), readFileSync(page, "utf8")]).toEqual([document, "<page>"]);
});

test("a report that cannot be had changes no exit code", () =>
  expect(warm({}, 0, { request_id: "r" }, false)).toMatchObject({
    status: 0,
    output: expect.stringMatching(/\nreport=\njson=.+\n$/),
  }));

test("without an answer there is the code alone", () => {
  const { status, output, summary, kept } = warm({}, 1);
  expect([status, summary, kept]).toEqual([1, "", []]);
  expect(output).toBe("request-id=\nstatus=\nsentence=\nexit-code=1\nreport=\njson=\n");
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
