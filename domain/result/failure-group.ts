import * as z from "zod";
import type { CsvValue } from "../csv.ts";
import { failureReasons } from "./failure.ts";

const count = z.number().int().nonnegative();

/** One failed task, to look at. */
export const failureExampleSchema = z.object({
  url: z.string(),
  variant: z.string().optional(),
  pop: z.string(),
  error: z.string().optional().describe("What went wrong, in words."),
  http_status: z.number().int().optional(),
});
export type FailureExample = z.infer<typeof failureExampleSchema>;

/** So many are told of each reason. */
export const MAX_EXAMPLES = 3;

/** The failures of a request that have one reason. */
export const failureGroupSchema = z.object({
  code: z.enum(failureReasons).catch("other"),
  tasks: count,
  /** Different POPs. */
  pops: count,
  /** Different URLs, whatever the number of their variants; null: not counted, as while a request runs. */
  urls: count.nullable(),
  examples: z.array(failureExampleSchema),
});
export type FailureGroup = z.infer<typeof failureGroupSchema>;

/** Those of most tasks first. */
export function mostFirst(groups: readonly FailureGroup[]): FailureGroup[] {
  return groups.toSorted((a, b) => b.tasks - a.tasks);
}

/** The row of a group in the list that is kept of a request: code, tasks, POPs, URLs, and its examples as JSON. */
export function groupToRow({ code, tasks, pops, urls, examples }: FailureGroup): readonly CsvValue[] {
  return [code, tasks, pops, urls, JSON.stringify(examples)];
}

/** @throws ZodError or SyntaxError for a row that is none */
export function groupFromRow([code, tasks, pops, urls, examples = "[]"]: readonly string[]): FailureGroup {
  return failureGroupSchema.parse({
    ...{ code, tasks: Number(tasks), pops: Number(pops) },
    urls: urls === "" ? null : Number(urls),
    examples: JSON.parse(examples),
  });
}
