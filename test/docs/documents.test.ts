// The documents as a whole: what they link to, name and tell to run is there, and the README stays short.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { notKept } from "../../domain/result/failure.ts";
import { CHECKS } from "../../tools/checks/run-checks.ts";
import { GENERATORS } from "../../tools/commands/generate.ts";
import { SCENARIOS } from "../../tools/lab/scenarios/all.ts";
import { anchors, links, paths, scripts } from "./markdown.ts";
import { PATHS, ROOT, read } from "./read-documents.ts";

/** Those that hold the project's own files. */
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|cdk\.out$|coverage$)/.test(entry.name))
  .map((entry) => entry.name);
const SCRIPTS = Object.keys(JSON.parse(read("package.json")).scripts);

/** Links of a document that lead nowhere. */
function deadLinks(document: string, text: string) {
  return links(text).filter((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? document : normalize(join(dirname(document), decodeURI(file)));
    if (target !== document && !existsSync(join(ROOT, target))) return true;
    if (anchor === undefined || !target.endsWith(".md")) return false;
    return !anchors(target === document ? text : read(target)).has(anchor);
  });
}

/** What some scripts take. */
const ARGUMENTS: Readonly<Record<string, object>> = {
  gen: GENERATORS,
  lab: Object.fromEntries(SCENARIOS.map(({ name }) => [name, name])),
  "test:rest": CHECKS,
};

/** Scripts of a document that package.json does not have, and what those do not take that take names. */
function unknownScripts(text: string) {
  return scripts(text).flatMap(({ name, argument }) => {
    if (!SCRIPTS.includes(name)) return [name];
    const known = argument === "" ? undefined : ARGUMENTS[name];
    return known === undefined || argument in known ? [] : [`${name} ${argument}`];
  });
}

function missingPaths(text: string) {
  return paths(text, FOLDERS).filter((path) => !existsSync(join(ROOT, path)));
}

describe.each(PATHS)("%s", (document) => {
  const text = read(document);

  test("links to what there is", () => {
    expect(deadLinks(document, text)).toEqual([]);
  });

  test("names scripts that there are", () => {
    expect(unknownScripts(text)).toEqual([]);
  });
});

// The changelog names files as they were in each release, so it is not one of these.
test.each(PATHS.filter((document) => document !== "CHANGELOG.md"))("%s names files that there are", (document) => {
  expect(missingPaths(read(document))).toEqual([]);
});

test("what is generated begins with a name of its own and ends", () => {
  const marks = PATHS.flatMap((path) => [...read(path).matchAll(/^<!-- (generated: [\w-]+|\/generated) -->$/gm)]);
  const names = marks.map(([, mark = ""]) => mark).filter((mark) => mark !== "/generated");
  expect(marks.map(([, mark = ""]) => mark.split(":")[0])).toEqual(names.flatMap(() => ["generated", "/generated"]));
  expect(new Set(names).size).toBe(names.length);
});

test("docs/operations.md names the causes of not_kept by texts of the report", () => {
  const causes = [
    notKept("NO_HIT", { cacheControl: "no-store" }),
    notKept("NO_HIT", { vary: "*" }),
    notKept("EXPIRES_AT_ONCE", {}),
    notKept("NO_HIT", {}),
  ].map(({ detail }) => detail);
  const [, table = ""] = read("docs/operations.md").split(/^### (?:`not_kept`|`not_cacheable`)$/m);
  const cells = [...table.matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell = ""]) => cell.split(", "));
  const texts = cells.map((cell) => cell.replaceAll("`", "").replace("…", ""));
  expect(causes.map((cause) => texts.filter((text) => cause?.includes(text)).length)).toEqual([1, 1, 1, 1]);
});

describe("a document with faults is found out", () => {
  const text = [
    "# A title\n\n## Twice\n\n## Twice\n\n[good](#twice-1) [bad](#thrice) [gone](gone.md) [there](LICENSE) [out](https://a.test/b.md)",
    "[other](docs/adr/README.md#decisions) [no heading](docs/adr/README.md#nowhere)",
    "```sh\n# no heading\nnpm run no-such -- --port 1\nnpm run --silent synth\n```\n\n`npm run bench <part>` `npm run gen docs` `npm run gen none`",
    "`domain/nowhere.ts` `gone/file.md` `test/docs/` `agent/http` `.local/endpoint.json` `lambdas/<name>/` `emulator.ts`",
  ].join("\n");

  test("by its links", () => {
    expect(deadLinks("made-up.md", text)).toEqual(["#thrice", "gone.md", "docs/adr/README.md#nowhere"]);
    expect(deadLinks("made-up.md", "[code](#no-heading)\n\n```\n# no heading\n```\n")).toEqual(["#no-heading"]);
  });

  test("by its scripts", () => {
    expect(unknownScripts(text)).toEqual(["no-such", "gen none"]);
  });

  test("by its paths", () => {
    expect(missingPaths(text)).toEqual(["domain/nowhere.ts", "gone/file.md", "agent/http"]);
  });
});
