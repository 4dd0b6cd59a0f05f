import { expect, test } from "vitest";
import { sharedFindings } from "../../../tools/large/findings.ts";

test("the table says what failed, too: what was not downloaded makes a run look fast", () => {
  const run = { what: "4 small files", status: "FINISHED", failed: 3, bytes: [2e6, 1e6], cpu: 0.5 };
  const [, table = ""] = sharedFindings([{ ...run, seconds: 12, leastSeconds: 10 }]).notes;
  const cells = table.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  expect(cells[0]?.slice(1, -1)).toEqual([
    ...["what", "MB of each agent", "most / mean", "failed", "first byte to last"],
    ...["/ what the links need", "processor"],
  ]);
  expect(cells[2]?.slice(1, -1)).toEqual(["4 small files", "2 / 1", "1.33", "3", "12 s", "1.2", "50%"]);
});
