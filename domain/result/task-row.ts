import { csvRow } from "../csv.ts";
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
export const TASK_ROWS_HEADER = csvRow(NAMES);

/** One task as a row of CSV. */
export function taskRow(result: ReportedTask): string {
  return csvRow(NAMES.map((name) => result[name]));
}
