import type { Findings } from "../bench/row.ts";
import { type PartReport, runParts } from "../lab/run-parts.ts";
import { table } from "../markdown-table.ts";
import { Claims } from "./claims.ts";
import { warmthParts } from "./parts.ts";

/** Runs the whole lab. @returns what it saw, for docs/benchmarks.md */
export async function warmthLab(say: (line: string) => void, scale: number): Promise<Findings> {
  const claims = new Claims();
  return warmthFindings(await runParts(warmthParts(claims), scale, say), claims.falseWarm, scale);
}

/** The rows of the hard edge are many, so they are counted. */
export function warmthFindings(reports: readonly PartReport[], falseWarm: number, scale: number): Findings {
  const lines = reports.flatMap(({ part, rows }) => {
    if (part !== "hard")
      return rows.map(({ what, tried, wrong, saw }) => [part, what, String(tried), String(wrong), saw]);
    const sum = (column: "tried" | "wrong") => String(rows.reduce((total, row) => total + row[column], 0));
    return [[part, `${rows.length} rows, of URLs that deceive`, sum("tried"), sum("wrong"), ""]];
  });
  const share = scale === 1 ? "" : ` It ran with \`--scale ${scale}\`.`;
  return {
    title: "What is warm, and what the origin sees",
    rows: [
      {
        what: "`npm run lab warmth`: tasks that are called warm and are not",
        atLeast: "0",
        aim: "0",
        measured: String(falseWarm),
        verdict: falseWarm === 0 ? "aim" : "MISSED",
      },
    ],
    notes: [
      `What [the lab of warmth](local-runs.md#a-run-that-looks-at-warmth) saw.${share}`,
      table(["part", "what", "tried", "wrong", "saw"], lines),
    ],
  };
}
