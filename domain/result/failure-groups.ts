import * as z from "zod";
import type { CsvValue } from "../csv.ts";
import { type FailureReason, failureReasons } from "./failure.ts";

const count = z.number().int().nonnegative();

/**
 * What a group counts: tasks that failed; URLs that could not be read; POPs that did not resolve. The last two have no tasks.
 */
export const FAILURE_SUBJECTS = ["task", "url", "pop"] as const;
export type FailureSubject = (typeof FAILURE_SUBJECTS)[number];

/** One failed task, one URL that could not be read, or one POP that did not resolve. */
export const failureExampleSchema = z.object({
  url: z.string().optional().describe("URL, unless `subject` is `pop`."),
  variant: z.string().optional().describe("Its variant."),
  pop: z.string().optional().describe("POP, unless `subject` is `url`."),
  error: z.string().optional().describe("The failure in words."),
  http_status: z.number().int().optional().describe("HTTP status of the last response."),
});
export type FailureExample = z.infer<typeof failureExampleSchema>;

/** Maximum number of examples per group. */
export const MAX_EXAMPLES = 3;

/** The failures of a request that have one subject and one reason. */
export const failureGroupSchema = z.object({
  code: z.enum(failureReasons).catch("other"),
  subject: z.enum(FAILURE_SUBJECTS),
  tasks: count,
  /** Different POPs. */
  pops: count,
  /** Different URLs, whatever the number of their variants; null: not counted, as while a request runs. */
  urls: count.nullable(),
  examples: z.array(failureExampleSchema),
});
export type FailureGroup = z.infer<typeof failureGroupSchema>;

/** Those of most tasks first; then URLs that could not be read, and POPs that did not resolve. */
export function mostFirst(groups: readonly FailureGroup[]): FailureGroup[] {
  return groups.toSorted((a, b) => b.tasks - a.tasks || (b.urls ?? 0) - (a.urls ?? 0) || b.pops - a.pops);
}

/** The row of a group in the list that is kept of a request: code, tasks, POPs, URLs, its examples as JSON, and its subject. */
export function groupToRow({ code, tasks, pops, urls, examples, subject }: FailureGroup): readonly CsvValue[] {
  return [code, tasks, pops, urls, JSON.stringify(examples), subject];
}

/** @throws ZodError or SyntaxError for a row that is none */
export function groupFromRow([code, tasks, pops, urls, examples = "[]", subject]: readonly string[]): FailureGroup {
  return failureGroupSchema.parse({
    code,
    tasks: Number(tasks),
    pops: Number(pops),
    urls: urls === "" ? null : Number(urls),
    examples: JSON.parse(examples),
    subject,
  });
}

// Input failures: unreadable URLs and unresolved POPs. They are in the failures and in the report, and count in none of the counts of
// tasks.

/** A URL that could not be read, in one variant or in all. */
export interface UnreadableUrl {
  readonly url: string;
  /** The one variant that is unreadable. Absent: all variants are, or the request has none. */
  readonly variant?: string | undefined;
  /** The reason in words: `HTTP 404`. */
  readonly problem: string;
  /** The reason that it is counted under. @default other */
  readonly reason?: FailureReason | undefined;
  readonly http_status?: number | undefined;
}
