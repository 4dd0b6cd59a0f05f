import * as z from "zod";
import type { Totals } from "./totals.ts";

/** The two queues of tasks: one that small requests have for themselves, and one for all others. */
export const LANES = ["main", "express"] as const;

export const laneSchema = z.enum(LANES);
export type Lane = z.infer<typeof laneSchema>;

/** What an agent does beside its other work, in a minute or two. */
const MOST_TASKS = 500;
const MOST_BYTES = 10e9;

/** The lane of a request's tasks. Where a size is unknown, it may be any: such a request goes with the others. */
export function laneOf({
  total_count: tasks,
  total_size: bytes,
  sizes_known: known,
}: Pick<Totals, "total_count" | "total_size" | "sizes_known">): Lane {
  return known && tasks <= MOST_TASKS && bytes <= MOST_BYTES ? "express" : "main";
}
