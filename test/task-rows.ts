import { type CsvValue, csvRow } from "../domain/csv.ts";
import { REPORT_HEADER, RESULTS_HEADER, type ReportRow } from "../domain/result/report.ts";

/** The first line of the file of all results. */
export const TASK_ROWS_HEADER = csvRow(RESULTS_HEADER);

/** One task as a line of that file. */
export function taskRow(task: ReportRow): string {
  return csvRow(RESULTS_HEADER.map((name) => task[name]));
}

/** The row of the report of a failed task. */
export function reportRow(task: ReportRow): readonly CsvValue[] {
  return REPORT_HEADER.map((name) => task[name]);
}
