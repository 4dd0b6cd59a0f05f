// The table of assumptions about the edge: files of evidence date its rows.
import { type Line, linesToText } from "../../../cli/doctor/edge/record.ts";
import { edgeRows } from "../../../tools/release/evidence-rows.ts";
import { folderWith } from "../../folder-with.ts";

/** Evidence of two names, of which these resolve. */
function evidence(takenAt: string, alive: readonly string[], edge: "CloudFront" | "stand-in" = "CloudFront") {
  const names = ["FRA60-P1", "SIN2-P1"].map(
    (pop): Line => ({ type: "name", pop, addresses: alive.includes(pop) ? ["192.0.2.1"] : [] }),
  );
  return linesToText([{ type: "run", taken_at: takenAt, edge }, ...names]);
}

/** Rows that a folder with these files dates, by the last cell. */
function dated(files: Readonly<Record<string, string>>) {
  const [, , ...rows] = edgeRows(`${folderWith({ "README.md": "", ...files })}/`).split("\n");
  const cells = rows.map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| | *\|$/g, "").trim()));
  const untried = cells.filter(([, , seen]) => seen === "Untried");
  return {
    untried: untried.length,
    all: rows.length,
    dated: cells.filter((row) => !untried.includes(row)).map((row) => row.at(-1)),
  };
}

test("without a file, each row is untried", () => {
  const { untried, all } = dated({});
  expect(untried).toBe(all);
});

test("a file dates the rows that it answers, and no others", () => {
  const rows = dated({ "one.jsonl": evidence("2026-12-09T04:41:00.000Z", ["FRA60-P1"]) });
  expect(rows.dated).toEqual(["[2026-12-09](evidence/one.jsonl): 1 of 2 POP names resolve; not SIN2-P1"]);
  expect(rows.untried).toBe(rows.all - 1);
});

test("the newest file dates a row", () => {
  const rows = dated({
    "a.jsonl": evidence("2026-12-16T04:41:00.000Z", ["FRA60-P1", "SIN2-P1"]),
    "b.jsonl": evidence("2026-12-09T04:41:00.000Z", ["FRA60-P1"]),
  });
  expect(rows.dated).toEqual(["[2026-12-16](evidence/a.jsonl): 2 of 2 POP names resolve"]);
});

test("a recording of a stand-in dates nothing: it is refused", () => {
  expect(() => dated({ "x.jsonl": evidence("2026-12-09T04:41:00.000Z", [], "stand-in") })).toThrow(
    "x.jsonl is no evidence of CloudFront",
  );
});

test("a wrong file is named", () => {
  expect(() => dated({ "x.jsonl": "{}" })).toThrow("x.jsonl: line 1 is no line of evidence");
});
