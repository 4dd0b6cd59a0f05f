import { type TaskResult, taskResultSchema } from "./task-result.ts";

const { ms, x_cache } = taskResultSchema.shape;

/** What counting and reporting need of a result. */
export const reportedResultSchema = taskResultSchema
  .omit({
    task_key: true,
    pop_url: true,
    req_id: true,
    rec_unsure: true,
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
  ["pop", "POP that was to be warmed; empty in the row of a URL that could not be read"],
  ["url", "URL, as it was asked for; empty in the row of a POP that did not resolve"],
  ["error", "What went wrong"],
  ["http_status", "HTTP status of the last answer; empty if there was none"],
  ["x_amz_cf_pop", "POP that answered, as it names itself"],
  ["x_amz_cf_id", "CloudFront's id of the last answer, for AWS Support"],
  ["attempts", "Number of attempts; 0 if no agent came to it"],
  ["variant", "Name of the variant; empty if the request has no `variants`"],
  ["outcome", "`failed` or `not_kept`: see [Warmth](concepts.md#warmth); empty where no agent said it"],
  ["tier", "Tier that the last answer named: `EDGE`, `REC`, `Origin Shield`; empty if it named none"],
  ["address", "The POP's address that was asked last; with `verify: addresses` the worst of them"],
  ["addresses", "With `verify: addresses`: how many of the POP's addresses are good, such as `2 of 3`"],
  ["rounds", "Number of whole downloads; empty without cache checks"],
  ["first_byte_ms", "Milliseconds from the download's request to the head of its answer"],
  ["age", "`Age` of the last answer: for how many seconds a cache had had the object"],
  ["encoding", "`Content-Encoding` of the download; empty if it came uncompressed"],
  ["source", "Which of the `sources` named the URL: its number and place; empty if it is of `url_list`"],
] as const satisfies Columns;

/** What the file of all results has beside the report's columns. */
const RESULTS_ONLY = [
  ["ok", "`true` or `false`: whether the task is good"],
  ["reason", "Why it failed: see [failure reasons](#failure-reasons)"],
  ["bytes", "Bytes of the body that arrived in the last attempt"],
  ["ms", "Milliseconds from the start of the first attempt to the end of the last"],
  ["x_cache", "`x-cache` of the last answer"],
  ["warning", "Of a `hit`: `no_age`, `age_constant` or `origin_age`; see [Warmth](concepts.md#warmth)"],
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
