import * as z from "zod";
import { CAPS } from "../request/caps.ts";
import { sourceReadSchema } from "../sources/source-read.ts";

const whole = z.number().int().nonnegative();
const dollars = z.number().nonnegative();

/** A number that is estimated, and between which bounds it likely lies. Null: it is not known. */
const spreadSchema = z.object({
  estimate: whole.nullable(),
  low: whole.nullable(),
  high: whole.nullable(),
});

/** What a request would come to: the answer of POST /prewarm with `dry_run`. */
export const estimateSchema = z.object({
  urls: whole,
  variants: whole,
  /** URLs times variants times POPs: as many as there are if every URL can be read and every POP resolves. */
  tasks: whole,
  /** True: there may be more URLs than could be read in time. */
  lower_bound: z.boolean(),
  /** What each of the request's sources has given by now. */
  sources: z.array(sourceReadSchema),
  pops: z.object({
    count: whole,
    recs: z.array(z.object({ rec: z.string(), pops: z.array(z.string()) })),
    unknown_rec: z.array(z.string()),
  }),
  /** Of one download of every task. */
  bytes: spreadSchema.extend({
    /** How many sizes were asked for: of a URL in a variant each. */
    sampled: whole,
    /** Of these: how many told none in time. */
    unknown: whole,
    /** Of these: how many cannot be read. They are counted as 0 bytes. */
    unreadable: whole,
    /** Why the first of them cannot. */
    first_problem: z.string().nullable(),
    note: z.string(),
  }),
  origin_fetches: z.object({
    expected: whole.nullable(),
    least: whole,
    most: whole,
    size_questions: whole,
  }),
  instances: z.object({
    count: whole,
    type: z.string(),
    vcpus: whole,
    hours: z.number().nonnegative(),
    /** Null: without an instance it does not end. */
    minutes_to_finish: z.number().nonnegative().nullable(),
    binds: z.string(),
  }),
  dollars: z.object({
    total: dollars,
    /** The total with the least and the most bytes. */
    low: dollars,
    high: dollars.nullable(),
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
    /** Month of the prices: `2026-11`. */
    prices_as_of: z.string(),
    not_included: z.array(z.string()),
  }),
  /** What the deployment bounds, and what of it the request takes. */
  caps: z.array(z.object({ cap: z.enum(keysOf(CAPS)), value: whole.nullable(), limit: whole })),
  assumptions: z.array(z.string()),
});
export type Estimate = z.infer<typeof estimateSchema>;

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table).filter((name): name is K => Object.hasOwn(table, name));
}
