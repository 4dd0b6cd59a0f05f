// docs/troubleshooting.md goes by words that people see. Those that are Prewarm's own are in the code as they are quoted, and each failure
// reason has its rows.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wordsOf } from "../../domain/readiness/reasons.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import { ROOT } from "./read-documents.ts";

const text = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");

/** Rows of the tables of a section, without their heads. */
function rowsOf(title: string): string[][] {
  const section = text.split(/^##+ /m).find((it) => it.startsWith(`${title}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

test("each failure reason stands in the table of errors once, as the console and the command call it", () => {
  const named = rowsOf("Errors in the report").flatMap(([first = ""]) => (first === "" ? [] : [first]));
  expect(named).toEqual(failureReasons.map((code) => `${wordsOf(code, "en").title}: \`${code}\``));
});

/** Sections whose first column quotes Prewarm. */
const QUOTING = [
  ...["The command finds no API", "The API does not answer", "The console does not open", "The request is refused"],
  ...["It does not move", "It ended, and not as it should", "A retry is refused", "A local run does not start"],
];

/** What others say, Node and curl; and words that the code puts together. */
const FOREIGN = /^(E[A-Z]{4,}|listen EADDRINUSE|Could not resolve host|Failed to connect to)/;
const COMPOSED = ["unknown field", "Stopped at", "Timed out at"];

const source = ["agent", "aws", "cli", "console", "domain", "lambdas", "lib", "tools/local"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
  )
  .join("\n");

/** Pieces of a quotation between what differs, placeholders and numbers, and what one text puts before another. */
function piecesOf(quotation: string): string[] {
  return quotation
    .split(/…|: |\d+(?! %)/)
    .map((piece) => piece.replace(/^[\s'"():;,.[\]]+|[\s'"():;,.[\]]+$/g, ""))
    .filter((piece) => piece.length > 3 && !FOREIGN.test(piece) && !COMPOSED.includes(piece));
}

const quoted = QUOTING.flatMap((title) => rowsOf(title).map(([first = ""]) => first)).flatMap((cell) =>
  [...cell.matchAll(/`([^`]+)`|_([^_]+)_/g)].map(([, code, said]) => code ?? said ?? ""),
);

test("there are quotations", () => expect(quoted.length).toBeGreaterThan(50));

test.each([...new Set(quoted)].filter((it) => piecesOf(it).length > 0))("%s is what the code says", (quotation) => {
  expect(piecesOf(quotation).filter((piece) => !source.includes(piece))).toEqual([]);
});

test("`error` of each code is what the code says", () => {
  const errors = rowsOf("Errors in the report").flatMap(([, second = ""]) => [...second.matchAll(/`([^`]+)`/g)]);
  const own = errors.map(([, error = ""]) => error).filter((error) => !/^(HTTP \d+$|E[A-Z]+$|ERR_TLS)/.test(error));
  expect(own.length).toBeGreaterThan(12);
  expect(own.flatMap(piecesOf).filter((piece) => !source.includes(piece))).toEqual([]);
});
