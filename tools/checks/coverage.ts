import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import * as z from "zod";
import { table } from "../markdown-table.ts";
import { isMain, ROOT } from "../root.ts";

const countSchema = z.object({ total: z.number(), covered: z.number() });
type Count = z.infer<typeof countSchema>;

const fileSchema = z.object({ lines: countSchema, branches: countSchema });
type FileCoverage = z.infer<typeof fileSchema>;

/** What istanbul's reporter `json-summary` writes: the counts of each file by its absolute path, and those of all as `total`. */
export const summarySchema = z.record(z.string(), fileSchema);
export type CoverageSummary = z.infer<typeof summarySchema>;

/**
 * The line and branch coverage of all files, of each top-level folder and of each folder below it, as a table.
 * A file that is deeper counts in the folder of the second level.
 */
export function coverageTable(summary: CoverageSummary, root: string): string {
  const groups = new Map<string, FileCoverage[]>();
  for (const [path, file] of Object.entries(summary)) {
    const names = path === "total" ? ["all"] : foldersOf(relative(root, path));
    for (const name of names) groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  const rows = [...groups].toSorted(([a], [b]) => Number(b === "all") - Number(a === "all") || a.localeCompare(b));
  return table(
    ["folder", "lines", "covered", "branches", "covered"],
    rows.map(([name, files]) => [
      name,
      ...cells(files.map((file) => file.lines)),
      ...cells(files.map((file) => file.branches)),
    ]),
  );
}

/** `lambdas/task/fan-out/leads.ts` counts in `lambdas` and in `lambdas/task`. */
function foldersOf(path: string): readonly string[] {
  const [top = "", second] = dirname(path).split("/");
  return second === undefined ? [top] : [top, `${top}/${second}`];
}

function cells(counts: readonly Count[]): readonly string[] {
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const covered = counts.reduce((sum, count) => sum + count.covered, 0);
  return [String(total), total === 0 ? "-" : `${((100 * covered) / total).toFixed(2)} %`];
}

// `npm run coverage`: runs unit and synth tests with coverage, then prints the coverage of each folder. The thresholds are in
// vitest.config.ts. Further arguments go to vitest.
if (isMain(import.meta.url)) {
  const args = ["run", "--coverage", "--project", "unit*", "--project", "synth", ...process.argv.slice(2)];
  const { status } = spawnSync("node_modules/.bin/vitest", args, { cwd: ROOT, stdio: "inherit" });

  const summary = summarySchema.parse(JSON.parse(readFileSync(`${ROOT}coverage/coverage-summary.json`, "utf8")));
  console.log(`\n${coverageTable(summary, ROOT)}\n\nDetails: coverage/index.html`);
  process.exitCode = status ?? 1;
}
