import { expect, test } from "vitest";
import { table } from "../../tools/markdown-table.ts";

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
