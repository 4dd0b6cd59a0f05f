import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { ROOT } from "../local/paths.ts";
import { table } from "../markdown-table.ts";
import type { Tools } from "./bench.ts";

/** What each part found last, and where. `npm run gen docs` makes docs/benchmarks.md of it. */
const KEPT = `${ROOT}tools/bench/findings.json`;

interface Kept {
  /** Names and values of the machine and its programs. */
  readonly machine: readonly (readonly string[])[];
  /** In the order of the page. */
  readonly parts: Readonly<Record<string, { readonly date: string; readonly findings: Findings }>>;
}

function kept(): Kept {
  return existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, "utf8")) as Kept) : { machine: [], parts: {} };
}

/** All unit costs that were measured. */
export function keptUnits(): Record<string, number> {
  return Object.assign({}, ...Object.values(kept().parts).map(({ findings }) => findings.units ?? {}));
}

export function printed({ title, rows, notes }: Findings): string {
  return [title, rowTable(rows), ...notes].join("\n\n");
}

/** Keeps what was found now; a part that did not run keeps what it found before. */
export function keepFindings(found: ReadonlyMap<string, Findings>, order: readonly string[], tools: Tools): void {
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const before = kept().parts;
  const parts = order.flatMap((name) => {
    const findings = found.get(name);
    const part = findings === undefined ? before[name] : { date, findings };
    return part === undefined ? [] : [[name, part] as const];
  });
  writeFileSync(KEPT, `${JSON.stringify({ machine: machineOf(tools), parts: Object.fromEntries(parts) }, null, 2)}\n`);
}

function machineOf(tools: Tools): Kept["machine"] {
  const cpu = cpus();
  return [
    ["processor", `${cpu[0]?.model ?? "?"}, ${cpu.length} cores`],
    ["memory", `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ["system", `Linux ${release()}`],
    ["Node.js", process.version],
    ...tools,
  ];
}

/** What docs/benchmarks.md has of the measurements. */
export function measuredPart(): string {
  const { machine, parts } = kept();
  const all = Object.values(parts);
  return [
    "## In short",
    rowTable(all.flatMap(({ findings }) => findings.rows)),
    "## Machine",
    table(["what", "which"], machine),
    ...all.flatMap(({ date, findings }) => [`## ${findings.title}`, `Measured ${date} UTC.`, ...findings.notes]),
  ].join("\n\n");
}

function rowTable(rows: Findings["rows"]): string {
  return table(
    ["what", "at least", "aim", "measured", ""],
    rows.map(({ what, required, aim, measured, verdict }) => [what, required, aim, measured, verdict]),
  );
}

/** One line of docs/benchmarks.md: what was asked for, and what was measured. */
export interface Row {
  readonly what: string;
  /** With its unit; `–` where there is no bound. */
  readonly required: string;
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
  /** Unit costs, which those of domain/cost/work-time.ts are compared with. */
  readonly units?: Readonly<Record<string, number>>;
}

/** One figure, and its bounds in the same unit. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly required: number;
  /** @default no more than the least */
  readonly aim?: number;
  /** Whether more or less of it is better. @default less */
  readonly better?: "more" | "less";
  /** How it is written. @default the value in its unit */
  readonly measured?: string;
}

export function rowOf({ what, value, unit, required, aim, better = "less", measured }: Figure): Row {
  const reaches = (bound: number) => (better === "more" ? value >= bound : value <= bound);
  const written = (it: number) => `${readable(it)} ${unit}`;
  const met = reaches(required) ? "met" : "MISSED";
  return {
    what,
    required: written(required),
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
