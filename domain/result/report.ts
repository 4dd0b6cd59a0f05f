import { type TaskResult, taskResultSchema } from "./task-result.ts";

const { ms, x_cache } = taskResultSchema.shape;

/** What counting and reporting need of a result. */
export const reportedResultSchema = taskResultSchema
  .omit({
    task_key: true,
    pop_url: true,
    req_id: true,
    hit_after_download: true,
    agent: true,
    expire_at: true,
  })
  // Only reported, not counted: an invalid value does not make the result unreadable.
  .extend({ ms: ms.optional().catch(undefined), x_cache: x_cache.catch(undefined) });
export type ReportedResult = ReturnType<typeof reportedResultSchema.parse>;

/** A result as the report shows it. */
export interface ReportRow extends ReportedResult {
  /** The source of its URL: its number, and where it is, without a query. Absent: the URL is of `url_list`. */
  readonly source?: string | undefined;
}

type Columns = readonly (readonly [keyof ReportRow, string])[];

/** The report's columns in their order, with what they mean: one table for its writer and for the documents. */
const COLUMNS = [
  ["pop", "POP of the task; empty for a URL that could not be read"],
  ["url", "URL of the task; empty for a POP that did not resolve"],
  ["error", "The failure in words"],
  ["http_status", "HTTP status of the last response"],
  ["x_amz_cf_pop", "POP that responded"],
  ["x_amz_cf_id", "CloudFront's ID of the last response, for AWS Support"],
  ["attempts", "Number of attempts; 0 if no agent processed the task"],
  ["variant", "Name of the variant"],
  ["outcome", "Outcome; empty without a task"],
  ["tier", "Tier in the last response: `EDGE`, `REC` or `Origin Shield`"],
  ["address", "Address of the POP"],
  ["rounds", "Number of downloads; empty without cache checks"],
  ["first_byte_ms", "Milliseconds from the request to the response headers"],
  ["age", "`Age` of the last response, in seconds"],
  ["encoding", "`Content-Encoding` of the download"],
  ["source", "Number and location of the source; empty for a URL of `url_list`"],
] as const satisfies Columns;

/** What the file of all results has beside the report's columns. */
const RESULTS_ONLY = [
  ["ok", "`true`: the task succeeded"],
  ["reason", "Failure reason"],
  ["bytes", "Bytes of the object, as the last download received them"],
  ["ms", "Milliseconds from the first attempt to the end of the last"],
  ["x_cache", "`x-cache` of the last response"],
  ["warning", "With the outcome `hit`: `no_age`, `age_constant` or `origin_age`"],
  ["transferred_bytes", "Bytes of all downloads, retries and checks"],
] as const satisfies Columns;

export const REPORT_COLUMNS = COLUMNS.map(([name, meaning]) => ({ name, meaning }));
export const RESULTS_ONLY_COLUMNS = RESULTS_ONLY.map(([name, meaning]) => ({ name, meaning }));

/** The first row of the report. */
export const REPORT_HEADER = COLUMNS.map(([name]) => name);

/** The task that a row of the report is about. */
export function reportedTask(row: readonly string[]): Pick<TaskResult, "pop" | "url" | "variant"> {
  const field = (name: (typeof REPORT_HEADER)[number]) => row[REPORT_HEADER.indexOf(name)] ?? "";
  const variant = field("variant");
  return { pop: field("pop"), url: field("url"), ...(variant === "" ? {} : { variant }) };
}

/** The first row of the file of all results. */
export const RESULTS_HEADER = [...REPORT_HEADER, ...RESULTS_ONLY.map(([name]) => name)];
