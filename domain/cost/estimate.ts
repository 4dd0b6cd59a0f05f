import * as z from "zod";
import { keysOf } from "../collections.ts";
import { CAPS } from "../request/caps.ts";
import { FLAT_RATE_PLAN_NAMES } from "../request/options.ts";
import { sourceReadSchema } from "../request/source.ts";

const whole = z.number().int().nonnegative();
const dollars = z.number().nonnegative();

/** What a request would come to: the answer of POST /prewarm with `dry_run`. */
export const estimateSchema = z
  .object({
    urls: whole,
    variants: whole,
    tasks: whole.describe("URLs × variants × POPs, as if every URL could be read and every POP resolved."),
    lower_bound: z.boolean().describe("True: there may be more URLs than could be read in time."),
    sources: z.array(sourceReadSchema).describe("What each of the request's sources has given by now."),
    pops: z
      .object({
        count: whole,
        recs: z.array(z.object({ rec: z.string(), pops: z.array(z.string()) })),
        unknown_rec: z.array(z.string()).describe("POPs whose regional cache nobody knows."),
        excluded: z
          .array(z.string())
          .optional()
          .describe("POPs of the default set or of a region that the price class leaves out. Absent: none."),
      })
      .describe("The chosen POPs under their regional caches."),
    bytes: z
      .object({
        estimate: whole.nullable().describe("Null: it is not known."),
        low: whole.nullable().describe("With `high`: the bounds of a 95% confidence interval."),
        high: whole.nullable(),
        sampled: whole.describe("How many sizes were asked for: of a URL in a variant each."),
        unknown: whole.describe("Of these: how many gave no size in time."),
        unreadable: whole.describe("Of these: how many cannot be read. They count as 0 bytes."),
        unreadable_urls: z
          .array(z.object({ url: z.string(), error: z.string().describe("Why it cannot be read: `HTTP 404`.") }))
          .min(1)
          .optional()
          .describe("Which of the URLs that were asked cannot be read. Absent: none."),
        first_problem: z.string().nullable().describe("Why the first of them cannot."),
        note: z.string(),
      })
      .describe("Of one download of every task."),
    origin_fetches: z
      .object({
        expected: whole.nullable(),
        least: whole,
        most: whole,
        size_questions: whole.describe("What Get Size asks besides."),
        origin_shield: z
          .array(z.string())
          .describe(
            "Regions whose Origin Shield asks the origin in place of each regional cache. Empty: none, or nobody knows.",
          ),
        uncached: z
          .object({ urls: whole, fetches: whole, examples: z.array(z.string()) })
          .describe("URLs that the cache behavior does not cache, and how many of the fetches are theirs."),
      })
      .describe("If no cache has any of it, and all is kept that the cache behavior caches."),
    instances: z.object({
      count: whole,
      type: z.string(),
      vcpus: whole,
      hours: z.number().nonnegative(),
      minutes_to_finish: z.number().nonnegative().nullable().describe("Null: without an instance it does not end."),
      binds: z.string().describe("What it waits for most."),
    }),
    dollars: z.object({
      total: dollars,
      low: dollars.describe("The total with the least bytes."),
      high: dollars.nullable().describe("The total with the most bytes."),
      lines: z.array(
        z.object({
          line: z.enum([
            "ec2_spot",
            "public_ipv4",
            "cloudfront_bytes",
            "cloudfront_requests",
            "invalidation_paths",
            "pipeline",
          ]),
          dollars,
          of: z.string(),
        }),
      ),
      prices_as_of: z.string().describe("Month of the prices: `2026-11`."),
      not_included: z.array(z.string()),
    }),
    flat_rate_plan: z
      .object({
        plan: z.enum(FLAT_RATE_PLAN_NAMES),
        monthly_requests: whole.describe("What it includes."),
        requests: whole.describe("What this request makes: downloads, checks and size probes."),
        share: z.number().nonnegative().describe("The part of the month's requests: 1 is all of them."),
      })
      .optional()
      .describe("What the request uses of the plan that it names. Absent: it names none."),
    caps: z
      .array(z.object({ cap: z.enum(keysOf(CAPS)), value: whole.nullable(), limit: whole }))
      .describe("What the deployment bounds, and what of it the request takes."),
    assumptions: z.array(z.string()),
  })
  .meta({ id: "Estimate", description: "What a request would come to, and what it would cost." });
export type Estimate = z.infer<typeof estimateSchema>;
