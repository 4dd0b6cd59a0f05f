// Every command that a document shows is tried by somebody, or says why not. Who tries what: ./commands.ts. What the marks mean: CONTRIBUTING.md.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as doctor from "../../tools/doctor/options.ts";
import { parseOptions } from "../../tools/local/options.ts";
import { blocksOf, commandsOf, inlineCommandsOf, scriptsOf, triedIn, wayOf } from "./commands.ts";
import { DOCUMENTS, ROOT } from "./read-documents.ts";

const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;

/** Scripts that no other one runs, and who runs them. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  start: "test/e2e/rest/first-steps.test.ts",
  demo: "the workflow of each push",
  sbom: "the workflow of each push",
  prepare: "npm ci",
  "build:cli": "the same file as `prepare`",
  docs: "writes what a test of test/tools/release compares",
  map: "writes what a test of test/tools compares",
  pictures: "needs Chromium; test/docs/pictures.test.ts looks at what it writes",
  synth: "each end-to-end test deploys what it makes",
  "test:unit": "a part of `npm test`",
  "test:e2e": "a part of `npm test`",
  "test:watch": "the same tests, as you type",
  "types:watch": "the same check, as you type",
  fix: "the same rules as `lint`",
  "test:faults": "a lab; its short form is an end-to-end test",
  "test:hostile": "a lab; its short form is a test",
  "test:large": "a lab: half an hour",
  "test:warmth": "a lab: an hour; its short form is an end-to-end test",
  "test:console": "a lab; its short form is an end-to-end test",
  bench: "measures; needs a quiet machine and tools that it names",
  "pops:check": "asks CloudFront's DNS",
  "publish-templates": "needs AWS",
  doctor: "needs AWS; its checks have tests in test/tools/doctor",
};

/** npm's own commands, and who runs them. */
const NPM: Readonly<Record<string, string>> = {
  "(ci)": "the workflow of each push",
  "(pack)": "test/cli/package.test.ts",
  "(install)": "changes the lock file, or needs a release",
  "(publish)": "nobody has done it yet",
};

/** Scripts that `npm run check` comes to. */
function checked(name = "check"): string[] {
  const script = SCRIPTS[name] ?? "";
  const steps = /tools\/checks\/main\.ts (.+)/.exec(script)?.[1]?.split(" ") ?? [];
  return [name, ...[...scriptsOf(script), ...steps].flatMap((inner) => checked(inner))];
}

const tried = [...DOCUMENTS].flatMap(([document, text]) => blocksOf(document, text).flatMap(triedIn));
const inline = [...DOCUMENTS.values()].flatMap(inlineCommandsOf);

describe.each([...DOCUMENTS])("%s", (document, text) => {
  const blocks = blocksOf(document, text);

  test("shows no command that nobody tries, and that does not say why", () => {
    const untried = blocks.flatMap((block) =>
      triedIn(block)
        .filter((command) => wayOf(command) === "unknown")
        .map((command) => `line ${block.line}: ${command.split("\n")[0]}`),
    );
    expect(untried).toEqual([]);
  });

  test("names scripts that somebody runs", () => {
    const commands = [...blocks.flatMap(({ code }) => commandsOf(code)), ...inlineCommandsOf(text)];
    const names = commands.flatMap(scriptsOf).filter((name) => !(name in NPM) && !(name in RUN_ELSEWHERE));
    // `bench:<part>` names several.
    expect(names.filter((name) => !checked().includes(name) && !name.startsWith("bench:"))).toEqual([]);
  });
});

test("each script of package.json is run by `npm run check`, or it is known who else runs it", () => {
  const names = Object.keys(SCRIPTS).filter((name) => !name.startsWith("bench:"));
  expect([...new Set([...checked(), ...Object.keys(RUN_ELSEWHERE)])].toSorted()).toEqual(names.toSorted());
});

test("documents show commands of each kind", () => {
  expect(new Set(tried.map(wayOf))).toEqual(new Set(["run", "npm", "AWS"]));
  expect(tried.filter((command) => wayOf(command) === "run").length).toBeGreaterThan(40);
});

test.each([...new Set([...allCommands(), ...inline].filter((it) => /^npm (start|run doctor) -- /.test(it)))])(
  "%s: these are words that it knows",
  (command) => {
    const words = (command.split(" -- ")[1] ?? "")
      .replaceAll('"$URL"', "https://www.example.com/a.bin")
      .trim()
      .split(/\s+/);
    const parse = command.startsWith("npm start") ? parseOptions : doctor.parseOptions;
    expect(() => parse(words)).not.toThrow();
  },
);

/** Also those that are not tried: that one needs AWS is no reason for an option that there is not. */
function allCommands(): string[] {
  return [...DOCUMENTS].flatMap(([document, text]) => blocksOf(document, text).flatMap(({ code }) => commandsOf(code)));
}

describe("a document with faults is found out", () => {
  const ways = (text: string) => blocksOf("made-up.md", text).flatMap(triedIn).map(wayOf);
  const block = (code: string) => `\`\`\`sh\n${code}\n\`\`\`\n`;

  test("by a command that nobody knows, unless a mark says why it is not run", () => {
    expect(ways(block("frobnicate --all"))).toEqual(["unknown"]);
    expect(ways(`<!-- not run: needs a frob -->\n\n${block("frobnicate --all")}`)).toEqual([]);
    expect(ways(`<!-- not run: needs a frob -->\n\nText.\n\n${block("frobnicate --all")}`)).toEqual(["unknown"]);
    expect(ways(`<!-- none is run: needs a frob -->\n\nText.\n\n${block("frobnicate --all")}`)).toEqual([]);
  });

  test("by what else stands in a block of the API or of a script", () => {
    expect(ways(block(`curl "\${API}instances"\nrm -rf x`))).toEqual(["run", "unknown"]);
    expect(ways(block("curl https://www.example.com/"))).toEqual(["unknown"]);
    expect(ways(block("npm test\n\n# only words\nprewarm status"))).toEqual(["npm", "run"]);
  });

  test("by what follows an npm, a comment with an apostrophe, or a quote that nobody closes", () => {
    expect(ways(block("npm ci && frobnicate --all"))).toEqual(["unknown"]);
    expect(ways(block("npm ci && npm test"))).toEqual(["npm"]);
    expect(ways(block("# don't\nfrobnicate # isn't\nfrobnicate --all"))).toEqual(["unknown", "unknown"]);
    expect(ways(block("prewarm 'status\nfrobnicate\nfrobnicate"))).toEqual(["run", "unknown", "unknown"]);
    expect(commandsOf(`curl -d "it's # no comment"\nfrobnicate`)).toHaveLength(2);
  });

  test("whatever its block is called", () => {
    for (const [fence, language] of [
      ...[
        ["```", "sh "],
        ["```", "zsh"],
        ["~~~", "sh"],
        ["```", "powershell"],
      ],
    ])
      expect(ways(`${fence}${language}\nfrobnicate\n${fence}\n`), language).toEqual(["unknown"]);
    expect(ways("```\ncurl https://www.example.com/\n```\n")).toEqual(["unknown"]);
    expect(ways("```\nwhat it says\n```\n\n```json\n{}\n```\n")).toEqual([]);
  });

  test("but not by what AWS alone can answer", () => {
    expect(ways(block("GROUP=x\nout() { aws s3 ls; }\nout"))).toEqual([]);
    expect(ways(block("prewarm status --stack PrewarmStack"))).toEqual(["AWS"]);
  });

  test("commands over several lines are one", () => {
    expect(commandsOf("curl -d '{\n  \"a\": 1 }' x   # why\nnpx a \\\n  b\n# only words\n")).toEqual([
      "curl -d '{\n  \"a\": 1 }' x",
      "npx a \\\n  b",
    ]);
  });

  test("by scripts", () => {
    expect(scriptsOf("npm ci && npm run --silent sbom && npm start -- --port 1 && npm run bench:<part>")).toEqual([
      ...["(ci)", "sbom", "start", "bench:"],
    ]);
  });
});
