import { table } from "../../../tools/markdown-table.ts";
import { fillParts } from "../../../tools/release/generated-parts.ts";

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
