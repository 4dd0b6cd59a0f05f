import * as z from "zod";

const count = z.number().catch(0);
const maybe = z.number().nullable().catch(null);

/** What the page reads of the answer to `dry_run`. */
export const dryRunSchema = z.object({
  warnings: z.array(z.string()).catch([]),
  estimate: z.object({
    urls: count,
    variants: z.number().catch(1),
    tasks: count,
    lower_bound: z.boolean().catch(false),
    sources: z.array(z.object({ from: z.string().catch(""), urls: count, done: z.boolean().catch(true) })).catch([]),
    pops: z.object({ count }).catch({ count: 0 }),
    bytes: z.object({ estimate: maybe, low: maybe, high: maybe, unreadable: count, sampled: count }),
    origin_fetches: z.object({ expected: maybe, least: count, most: count }),
    instances: z.object({ count, minutes_to_finish: maybe, binds: z.string().catch("") }),
    dollars: z.object({
      total: count,
      low: maybe,
      high: maybe,
      lines: z.array(z.object({ line: z.string(), dollars: count, of: z.string().catch("") })).catch([]),
    }),
  }),
});
export type DryRun = z.infer<typeof dryRunSchema>;
export type Estimate = DryRun["estimate"];
