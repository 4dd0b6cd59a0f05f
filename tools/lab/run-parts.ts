import type { LabPart, LabRow } from "./part.ts";

/** What one part saw. */
export interface PartReport {
  readonly part: string;
  readonly rows: readonly LabRow[];
}

/** Runs the parts one after another. One that throws has one row, which is wrong, and the others run all the same. */
export async function runParts(
  parts: readonly LabPart[],
  scale: number,
  say: (line: string) => void,
): Promise<readonly PartReport[]> {
  const reports: PartReport[] = [];
  for (const part of parts) {
    say(`${part.name} …`);
    reports.push({ part: part.name, rows: await rowsOf(part, scale, say) });
  }
  return reports;
}

async function rowsOf(part: LabPart, scale: number, say: (line: string) => void): Promise<readonly LabRow[]> {
  try {
    const rows = await part.run(say, { scale });
    // A part that tried nothing has shown nothing.
    return rows.some(({ tried }) => tried > 0)
      ? rows
      : [...rows, { what: "the part itself", tried: 0, wrong: 1, saw: "it tried nothing" }];
  } catch (error) {
    const saw = error instanceof Error ? error.message : String(error);
    return [{ what: "the part itself", tried: 0, wrong: 1, saw: `it failed: ${saw.split("\n", 1)[0]}` }];
  }
}

/** The table and, as its last line, the counts. */
export function labReport(reports: readonly PartReport[]): string {
  const lines = reports.flatMap(({ part, rows }) => rows.map((row) => ({ part, ...row })));
  const width = (cells: readonly string[], least: number) => Math.max(least, ...cells.map(({ length }) => length));
  const partWidth = width(
    lines.map(({ part }) => part),
    4,
  );
  const whatWidth = width(
    lines.map(({ what }) => what),
    4,
  );
  const line = (part: string, what: string, tried: string, wrong: string, saw: string) =>
    `${part.padEnd(partWidth)}  ${what.padEnd(whatWidth)}  ${tried.padStart(7)}  ${wrong.padStart(6)}  ${saw}`.trimEnd();
  return [
    line("part", "what", "tried", "wrong", "saw"),
    ...lines.map(({ part, what, tried, wrong, saw }) => line(part, what, String(tried), String(wrong), saw)),
    `${reports.length} parts, ${lines.length} rows, ${sum(lines, "tried")} tried, ${wrongIn(reports)} wrong`,
  ].join("\n");
}

/** How much is wrong in all. The lab's exit code is 0 only if this is. */
export function wrongIn(reports: readonly PartReport[]): number {
  return sum(
    reports.flatMap(({ rows }) => rows),
    "wrong",
  );
}

function sum(rows: readonly LabRow[], column: "tried" | "wrong"): number {
  return rows.reduce((total, row) => total + row[column], 0);
}
