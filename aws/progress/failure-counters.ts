import * as z from "zod";
import { type FailureReason, failureReasons } from "../../domain/result/failure.ts";
import {
  type FailureExample,
  type FailureGroup,
  failureExampleSchema,
  mostFirst,
} from "../../domain/result/failure-group.ts";
import type { Counters } from "./addition.ts";

/** Failures by reason: how many more there are, and the numbers of POPs where some were added. */
export type FailureCounts = ReadonlyMap<FailureReason, { readonly tasks: number; readonly pops: readonly number[] }>;

/** Of each reason `t_http_4xx` (tasks), and `p_http_4xx`, the set of its POPs' numbers. */
const tasksOf = (reason: FailureReason) => `t_${reason}`;
const popsOf = (reason: FailureReason) => `p_${reason}`;
/** What the sort keys begin with that hold examples, next to those of the stripes. */
const EXAMPLES = "examples#";

const failureExamples = z.array(failureExampleSchema).catch([]);
const numberSchema = z.number().catch(0);
const numbersSchema = z.set(z.number()).catch(new Set());

/** Sort key of a reason's examples. */
export function examplesPart(reason: FailureReason): string {
  return `${EXAMPLES}${reason}`;
}

/** What is added of failures. An empty set cannot be written. */
export function failureCountersOf(failures: FailureCounts): Counters {
  const counters: Record<string, number | ReadonlySet<number>> = {};
  for (const [reason, { tasks, pops }] of failures) {
    counters[tasksOf(reason)] = tasks;
    if (pops.length > 0) counters[popsOf(reason)] = new Set(pops);
  }
  return counters;
}

/** What stripes and examples say together; reasons of most tasks first. URLs are not counted. */
export async function failureGroupsOf(items: AsyncIterable<Record<string, unknown>>): Promise<FailureGroup[]> {
  const tasks = new Map<string, number>();
  const pops = new Map<string, Set<number>>();
  const examples = new Map<string, FailureExample[]>();
  for await (const item of items) {
    const part = String(item["part"]);
    if (part.startsWith(EXAMPLES)) examples.set(part.slice(EXAMPLES.length), failureExamples.parse(item["examples"]));
    for (const code of failureReasons) {
      tasks.set(code, (tasks.get(code) ?? 0) + numberSchema.parse(item[tasksOf(code)]));
      pops.set(code, new Set([...(pops.get(code) ?? []), ...numbersSchema.parse(item[popsOf(code)])]));
    }
  }
  const groups = failureReasons.map(
    (code): FailureGroup => ({
      code,
      subject: "task",
      tasks: Math.max(0, tasks.get(code) ?? 0),
      pops: pops.get(code)?.size ?? 0,
      urls: null,
      examples: examples.get(code) ?? [],
    }),
  );
  return mostFirst(groups.filter((group) => group.tasks > 0));
}
