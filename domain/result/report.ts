import * as z from "zod";
import { type CsvValue, csvRow } from "../csv.ts";
import { taskResultSchema } from "./task-result.ts";

const { pop, url, error, http_status, x_amz_cf_pop, x_amz_cf_id, attempts } = taskResultSchema.shape;
const { variant, outcome, tier, address, addresses, rounds, first_byte_ms, age, encoding } = taskResultSchema.shape;

/**
 * The report's columns that results have, in their order, with what they mean: one table for its writer, for the reader of results and for
 * the documents. A row added here is read from the results, written to the report and listed in docs/api.md.
 */
const columnsSchema = z.object({
  pop: pop.describe("POP that was to be warmed; empty in the row of a URL that could not be read"),
  url: url.describe("URL, as it was asked for; empty in the row of a POP that did not resolve"),
  error: error.describe("What went wrong"),
  http_status: http_status.describe("HTTP status of the last answer; empty if there was none"),
  x_amz_cf_pop: x_amz_cf_pop.describe("POP that answered, as it names itself"),
  x_amz_cf_id: x_amz_cf_id.describe("CloudFront's id of the last answer, for AWS Support"),
  attempts: attempts.describe("Number of attempts; 0 if no agent came to it"),
  variant: variant.describe("Name of the variant; empty if the request has no `variants`"),
  outcome: outcome.describe("`failed` or `not_kept`: see [Warmth](#warmth); empty where no agent said it"),
  tier: tier.describe("Tier that the last answer named: `EDGE`, `REC`, `Origin Shield`; empty if it named none"),
  address: address.describe("The POP's address that was asked last; with `verify: addresses` the worst of them"),
  addresses: addresses.describe("With `verify: addresses`: how many of the POP's addresses are good, such as `2 of 3`"),
  rounds: rounds.describe("Number of whole downloads; empty without cache checks"),
  first_byte_ms: first_byte_ms.describe("Milliseconds from the download's request to the head of its answer"),
  age: age.describe("`Age` of the last answer: for how many seconds a cache had had the object"),
  encoding: encoding.describe("`Content-Encoding` of the download; empty if it came uncompressed"),
});

const { ms, x_cache, warning } = taskResultSchema.shape;

/** What counting and reporting need of a result. */
export const reportedResultSchema = columnsSchema.extend({
  ...taskResultSchema.pick({
    ok: true,
    bytes: true,
    outcome: true,
    reason: true,
    uncompressed: true,
    rec_miss: true,
    size_changed: true,
  }).shape,
  // Only told, not counted: whatever stands there leaves the result readable.
  ms: ms.optional().catch(undefined),
  x_cache: x_cache.catch(undefined),
  warning,
});
export type ReportedResult = z.infer<typeof reportedResultSchema>;

const names = columnsSchema.keyof().options;

/** A result as the report shows it. */
export interface ReportedTask extends ReportedResult {
  /** The source of its URL: its number, and where it is, without a query. Absent: the URL is of `url_list`. */
  readonly source?: string | undefined;
}

const SOURCE = {
  name: "source",
  meaning: "Which of the `sources` named the URL: its number and place; empty if it is of `url_list`",
} as const;

export const REPORT_COLUMNS = [
  ...names.map((name) => ({ name, meaning: columnsSchema.shape[name].description ?? "" })),
  SOURCE,
];

/** The first row of the report. */
export const REPORT_HEADER = REPORT_COLUMNS.map(({ name }) => name);

/** The row of a failed result. */
export function reportRow(result: ReportedTask): readonly CsvValue[] {
  return [...names.map((name) => result[name]), result.source];
}

const [POP, URL_COLUMN, VARIANT] = [names.indexOf("pop"), names.indexOf("url"), names.indexOf("variant")] as const;

/** The task that a row of the report is about. */
export function reportedTask(row: readonly string[]): Pick<ReportedResult, "pop" | "url" | "variant"> {
  const field = (column: number) => row[column] ?? "";
  const variant = field(VARIANT);
  return { pop: field(POP), url: field(URL_COLUMN), ...(variant === "" ? {} : { variant }) };
}

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

const NAMES: readonly (keyof ReportedTask)[] = [...REPORT_HEADER, ...MORE.map(([it]) => it)];

/** The first line of the file of all results. */
export const TASK_ROWS_HEADER = csvRow(NAMES);

/** One task as a row of CSV. */
export function taskRow(result: ReportedTask): string {
  return csvRow(NAMES.map((name) => result[name]));
}
