import { REPORT_COLUMNS, type ReportedTask } from "./report.ts";

/** What a row of a task says beside the report's columns, and what it means. */
const MORE = [
  ["ok", "`true` or `false`: whether the task is good"],
  ["reason", "Why it failed: see [failure reasons](#failure-reasons)"],
  ["bytes", "Bytes of the body that arrived in the last attempt"],
  ["ms", "Milliseconds from the start of the first attempt to the end of the last"],
  ["x_cache", "`x-cache` of the last answer"],
  ["warning", "Of a `hit`: `no_age`, `age_constant` or `origin_age`; see [Warmth](#warmth)"],
] as const satisfies readonly (readonly [keyof ReportedTask, string])[];

/** What the file of all results has beside the report's columns. */
export const MORE_COLUMNS = MORE.map(([name, meaning]) => ({ name, meaning }));

const NAMES: readonly (keyof ReportedTask)[] = [...REPORT_COLUMNS.map(({ name }) => name), ...MORE.map(([it]) => it)];

/** The first line of the file of all results. */
export const TASK_ROWS_HEADER = `${NAMES.join()}\n`;

/** One task as a line of CSV. By hand: there may be millions, and csv-stringify takes several times as long for each. */
export function taskRow(result: ReportedTask): string {
  let line = "";
  let comma = "";
  for (const name of NAMES) {
    const value = result[name];
    line += comma;
    comma = ",";
    if (typeof value === "string") line += field(value);
    else if (value !== undefined) line += value;
  }
  return `${line}\n`;
}

const NEEDS_QUOTES = /[",\r\n]/;
/** What spreadsheets take for the beginning of a formula, also behind a tab or a line break, which they skip. */
const LIKE_A_FORMULA = /^[=+\-@\t\r\n\v\f\u0085\u2028\u2029\uFF1D\uFF0B\uFF0D\uFF20]/;
/** Most fields are written as they are: one look at each shows that. */
const PLAIN = /^[\w./:][^",\r\n]*$/;

function field(text: string): string {
  if (PLAIN.test(text)) return text;
  const safe = LIKE_A_FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
