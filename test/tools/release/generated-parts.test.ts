import { readdirSync, readFileSync } from "node:fs";
import { GENERATED_PARTS } from "../../../tools/commands/document-parts.ts";
import { table } from "../../../tools/markdown-table.ts";
import { fillParts, GENERATED_FILES } from "../../../tools/release/generated-parts.ts";
import { stackTemplates } from "../../../tools/release/stack-template.ts";
import { ROOT } from "../../lib/synth.ts";

const part = (name: string, text: string) => `<!-- generated: ${name} -->\n\n${text}\n\n<!-- /generated -->`;
const parts = new Map([
  ["one", () => "1"],
  ["two", () => "2 $& $1"],
]);

test("what differs is made anew and named, the rest stays as it is", () => {
  const document = `# Title\n\n${part("one", "1")}\n\nBetween.\n\n${part("two", "old\n\nlines")}\n\nBehind.\n`;
  expect(fillParts(document, parts)).toEqual({
    text: `# Title\n\n${part("one", "1")}\n\nBetween.\n\n${part("two", "2 $& $1")}\n\nBehind.\n`,
    stale: ["two"],
  });
});

test("an empty part is filled", () => {
  expect(fillParts("<!-- generated: one -->\n<!-- /generated -->", parts).text).toBe(part("one", "1"));
});

test("a part that nothing makes is named, with those that there are", () => {
  expect(() => fillParts(part("three", "3"), parts)).toThrow("nothing makes the part 'three'; known: one, two");
});

// The parts of the documents that are made from the code: what is committed is what would be made now.

const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
const documents = ["README.md", ...inDocs]
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(ROOT + name, "utf8"));

// Some parts are made from the templates, which take seconds.
beforeAll(() => void stackTemplates(), 60_000);

test.each([...GENERATED_PARTS.keys()])("the part %s is up to date", (name) => {
  const document = documents.find((text) => text.includes(`<!-- generated: ${name} -->`));
  if (document === undefined) throw new Error(`no document has the part '${name}'`);
  const { stale } = fillParts(document, GENERATED_PARTS);
  expect(stale, "run npm run gen docs").not.toContain(name);
});

test("every part of a document is made", () => {
  for (const document of documents) expect(() => fillParts(document, GENERATED_PARTS)).not.toThrow();
});

test.each([...GENERATED_FILES])("%s is up to date", (name, make) => {
  expect(readFileSync(ROOT + name, "utf8") === make(), "run npm run gen docs").toBe(true);
});

test("columns are as wide as their widest cell, three characters at least", () => {
  expect(table(["a", "what"], [["`b`", "c"], []])).toBe(
    "| a   | what |\n| --- | ---- |\n| `b` | c    |\n|     |      |",
  );
});

test("a Chinese character, and Chinese punctuation, is as wide as two letters", () => {
  expect(table(["字段", "含义"], [["`a`", "值，或 x…"]])).toBe(
    "| 字段 | 含义      |\n| ---- | --------- |\n| `a`  | 值，或 x… |",
  );
});
