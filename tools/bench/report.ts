import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { ROOT } from "../local/paths.ts";
import { table } from "../markdown-table.ts";
import type { Tools } from "./bench.ts";

const PAGE = `${ROOT}docs/benchmarks.md`;
/** What each part found last. It is kept with the page, so that one part may be measured alone and the page stays whole. */
const KEPT = `${ROOT}tools/bench/findings.json`;

export interface Kept {
  readonly date: string;
  readonly findings: Findings;
}

function keptFindings(): Record<string, Kept> {
  return existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, "utf8")) as Record<string, Kept>) : {};
}

/** All unit costs that were measured. */
export function keptUnits(): Record<string, number> {
  return Object.assign({}, ...Object.values(keptFindings()).map(({ findings }) => findings.units ?? {}));
}

export function printed({ title, rows, notes }: Findings): string {
  return [title, rowTable(rows), ...notes].join("\n\n");
}

/** Writes docs/benchmarks.md from what was found now, and before where a part did not run. */
export function writeReport(found: ReadonlyMap<string, Findings>, order: readonly string[], tools: Tools): void {
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const kept = keptFindings();
  for (const [name, findings] of found) kept[name] = { date, findings };
  writeFileSync(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
  const parts = order.flatMap((name) => kept[name] ?? []);
  writeFileSync(PAGE, page(parts, tools));
}

function page(parts: readonly Kept[], tools: Tools): string {
  const cpu = cpus();
  const machine = [
    ["processor", `${cpu[0]?.model ?? "?"}, ${cpu.length} cores`],
    ["memory", `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ["system", `Linux ${release()}`],
    ["Node.js", process.version],
    ...[...tools].map(([name, version]) => [name, version]),
  ];
  const text = [
    "# Benchmarks",
    "`npm run bench` writes this page. `npm run bench <part>` measures one part anew and leaves the others as they were.",
    "The measured program runs on one core. What serves it (nginx, a fake of the AWS APIs) runs on the other. All of it is on loopback. " +
      "In each round, every program runs in turn; ratios are medians over the rounds. " +
      "CPU is the user and system time of the measured process alone, so other work on the machine is not in it. " +
      "Code that costs CPU here costs it on an instance too. What the network and AWS cost there is not measured here.",
    "## In short",
    rowTable(parts.flatMap(({ findings }) => findings.rows)),
    "## Machine",
    table(["what", "which"], machine),
    ...parts.flatMap(({ date, findings }) => [`## ${findings.title}`, `Measured ${date} UTC.`, ...findings.notes]),
  ];
  return `${text.join("\n\n")}\n`;
}

function rowTable(rows: Findings["rows"]): string {
  return table(
    ["what", "at least", "aim", "measured", ""],
    rows.map(({ what, atLeast, aim, measured, verdict }) => [what, atLeast, aim, measured, verdict]),
  );
}

/** One line of docs/benchmarks.md: what was asked for, and what was measured. */
export interface Row {
  readonly what: string;
  /** With its unit; `–` where there is no bound. */
  readonly atLeast: string;
  readonly aim: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

export type Verdict = "aim" | "met" | "MISSED" | "–";

/** What one part of the benchmark found. */
export interface Findings {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Further lines, each a Markdown paragraph or table. */
  readonly notes: readonly string[];
  /** Unit costs, for docs/scaling.md. */
  readonly units?: Readonly<Record<string, number>>;
}

/** One figure, and its bounds in the same unit. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly atLeast: number;
  /** @default no more than the least */
  readonly aim?: number;
  /** Whether more or less of it is better. @default less */
  readonly better?: "more" | "less";
  /** How it is written. @default the value in its unit */
  readonly measured?: string;
}

export function rowOf({ what, value, unit, atLeast, aim, better = "less", measured }: Figure): Row {
  const reaches = (bound: number) => (better === "more" ? value >= bound : value <= bound);
  const written = (it: number) => `${readable(it)} ${unit}`;
  const met = reaches(atLeast) ? "met" : "MISSED";
  return {
    what,
    atLeast: written(atLeast),
    aim: aim === undefined ? "–" : written(aim),
    measured: measured ?? written(value),
    verdict: aim !== undefined && reaches(aim) ? "aim" : met,
  };
}

/** Three significant digits, with commas between thousands. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.min(digits, 6) });
}
