import { expect, it } from "vitest";
import { warmthFindings } from "../../../tools/warmth/findings.ts";

const row = { what: "what", tried: 2, wrong: 1, saw: "wanted 1; saw 2" };

it("counts the rows of the hard edge, and has all others", () => {
  const { rows, notes } = warmthFindings(
    [
      { part: "edge", rows: [row] },
      { part: "hard", rows: [row, row] },
    ],
    0,
    0.5,
  );
  expect(rows[0]).toMatchObject({ measured: "0", verdict: "aim" });
  expect(notes[0]).toContain("--scale 0.5");
  expect(notes[1]).toContain("wanted 1; saw 2");
  expect(notes[1]).toMatch(/\| hard +\| 2 rows, of URLs that deceive +\| 4 +\| 2 +\|/);
});

it("a task that is called warm and is not is missed", () => {
  expect(warmthFindings([], 1, 1).rows[0]).toMatchObject({ measured: "1", verdict: "MISSED" });
});
