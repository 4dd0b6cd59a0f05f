import * as z from "zod";
import { sourceReadSchema } from "../request/source.ts";

const whole = z.number().int().nonnegative();
const dollars = z.number().nonnegative();
const price = (description: string) =>
  z
    .object({
      dollars: dollars.describe("Total."),
      requests: whole.describe("Requests to CloudFront."),
      bytes: whole.nullable().describe("Transferred bytes. Null: not known."),
    })
    .describe(description);

/** What a request would come to: the answer of POST /prewarm with `dry_run`. */
export const estimateSchema = z
  .object({
    urls: whole.describe("Different URLs."),
    variants: whole.describe("Variants."),
    tasks: whole.describe("URLs × variants × POPs."),
    lower_bound: z.boolean().describe("True: not all sources could be read in 5 seconds: all numbers can be higher."),
    sources: z.array(sourceReadSchema).describe("What each source has added, as in SourceProgress."),
    pops: z
      .object({
        count: whole.describe("Number of POPs."),
        excluded: z.array(z.string()).optional().describe("POPs that the price class excludes."),
      })
      .describe("The chosen POPs."),
    bytes: z
      .object({
        estimate: whole.nullable().describe("Expected value. Null: not known."),
        sampled: whole.describe("Probed sizes: at most 100."),
        unknown: whole.describe("Probes without an answer within 5 seconds."),
        unreadable: whole.describe("Probed URLs that cannot be read."),
        unreadable_urls: z
          .array(z.object({ url: z.string(), error: z.string() }))
          .min(1)
          .optional()
          .describe("These URLs."),
      })
      .describe("Bytes of all tasks: each object counts once per POP."),
    transferred_bytes: whole
      .nullable()
      .describe(
        "Expected bytes of all downloads and checks, which `max_bytes` and `maxRequestBytes` limit. Null: not known.",
      ),
    prices: z
      .object({
        as_asked: price("The request as it is."),
        downloads_1: price("With `downloads: 1`."),
        regional: price("With `scope: regional`."),
      })
      .describe("Costs of the request and of two cheaper forms."),
    origin_fetches: z
      .object({
        expected: whole.describe("Expected number."),
        size_questions: whole.describe("Additional size probes."),
        origin_shield: z.array(z.string()).describe("AWS Regions of Origin Shield."),
        uncached: z
          .object({ urls: whole, fetches: whole, examples: z.array(z.string()) })
          .describe("URLs that are not cached, their requests, and examples."),
      })
      .describe("Requests to the origin, if the caches are empty and keep all objects."),
    instances: z
      .object({
        count: whole.describe("Number of instances."),
        type: z.string().describe("Instance type."),
        vcpus: whole.describe("Its vCPUs."),
        hours: z.number().nonnegative().describe("Instance hours."),
        minutes_to_finish: z.number().nonnegative().nullable().describe("Minutes to the end. Null: no instance."),
        binds: z.string().describe("What limits the rate."),
      })
      .describe("Instances and time."),
    dollars: z
      .object({
        total: dollars.describe("Total."),
        lines: z
          .array(
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
          )
          .describe(
            "Costs by item: `ec2_spot`, `public_ipv4`, `cloudfront_bytes`, `cloudfront_requests`, `invalidation_paths`, `pipeline` (DynamoDB, SQS and Lambda). `of`: quantity and price in words.",
          ),
        prices_as_of: z.string().describe("Month of the prices."),
        not_included: z.array(z.string()).describe("Other costs."),
      })
      .describe("Cost in US dollars, at list prices."),
  })
  .meta({
    id: "Estimate",
    description:
      "What a request would do and cost. A dry run probes up to 100 sizes and reads `sources`, but no buckets. It is rejected like the request itself.",
  });
export type Estimate = z.infer<typeof estimateSchema>;
