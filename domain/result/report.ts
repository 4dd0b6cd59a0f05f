import * as z from "zod";
import { taskResultSchema } from "./task-result.ts";

const { pop, url, error, http_status, x_amz_cf_pop, x_amz_cf_id, attempts } = taskResultSchema.shape;

/**
 * The report's columns, in their order, with what they mean: one table for its writer, for the reader of results and for
 * the documents. A row added here is read from the results, written to the report and listed in docs/api.md.
 */
const columnsSchema = z.object({
  pop: pop.describe("POP that was to be warmed"),
  url: url.describe("URL, as it was asked for"),
  error: error.describe("What went wrong"),
  http_status: http_status.describe("HTTP status of the last answer; empty if there was none"),
  x_amz_cf_pop: x_amz_cf_pop.describe("POP that answered, as it names itself"),
  x_amz_cf_id: x_amz_cf_id.describe("CloudFront's id of the last answer, for AWS Support"),
  attempts: attempts.describe("Number of attempts; 0 if no agent came to it"),
});

/** What counting and reporting need of a result. */
export const reportedResultSchema = columnsSchema.extend(
  taskResultSchema.pick({ ok: true, bytes: true, outcome: true }).shape,
);
export type ReportedResult = z.infer<typeof reportedResultSchema>;

const names = columnsSchema.keyof().options;

export const REPORT_COLUMNS = names.map((name) => ({ name, meaning: columnsSchema.shape[name].description ?? "" }));

/** The row of a failed result. */
export function reportRow(result: ReportedResult): readonly unknown[] {
  return names.map((name) => result[name]);
}
