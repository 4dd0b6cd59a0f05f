import * as z from "zod";
import { keysOf } from "../collections.ts";
import { pathsAndTagsSchema } from "../request/invalidation.ts";
import { FLAT_RATE_PLAN_NAMES, orderSchema, originLimitsSchema } from "../request/options.ts";
import { MAX_SAMPLES } from "../request/samples.ts";
import { failureReasons } from "../result/failure.ts";
import { FAILURE_SUBJECTS, failureExampleSchema, MAX_EXAMPLES } from "../result/failure-groups.ts";
import { HEAT_STRIP_STATES, MAX_BINS, MAX_NAMED } from "../result/heat-strip.ts";
import { verifySchema } from "../result/outcome.ts";
import { count, counterFields, countField, sampleFields, timestampField } from "./answer-fields.ts";

/** The failures of a request that have one reason. */
export const failureSchema = z
  .object({
    code: z.enum(failureReasons).describe("The reason."),
    subject: z
      .enum(FAILURE_SUBJECTS)
      .describe(
        "What failed for it. `task`: tasks. `url`: URLs that could not be read, in one variant or in all; they have no tasks. `pop`: " +
          "POPs that did not resolve; they have no tasks.",
      ),
    tasks: count("Tasks that failed; 0 for the other subjects."),
    pops: count("Different POPs; 0 for URLs that could not be read, which are missing at every POP."),
    urls: countField
      .nullable()
      .describe(
        "Different URLs, whatever the number of their variants; 0 for POPs that did not resolve. For tasks, null while the request runs.",
      ),
    title: z.string().describe("The reason in a few words, as a heading."),
    means: z.string().describe("What it means."),
    viewers: z.string().describe("What viewers at these POPs meet."),
    next: z.string().describe("What to do about it."),
    examples: z.array(failureExampleSchema).max(MAX_EXAMPLES),
  })
  .meta({
    id: "Failure",
    description: "The failures that have one subject and one reason.",
    examples: [
      {
        code: "http_4xx",
        subject: "task",
        tasks: 2,
        pops: 2,
        urls: 1,
        title: "Refused",
        means: "The edge or the origin rejected the request.",
        viewers: "Viewers most likely get the same error.",
        next: "Open the URL yourself, then mend the origin, or leave the URL out.",
        examples: [
          { url: "https://www.example.com/gone.css", pop: "SIN2-C1", error: "HTTP 404", http_status: 404 },
          { url: "https://www.example.com/gone.css", pop: "ATL56-C1", error: "HTTP 404", http_status: 404 },
        ],
      },
    ],
  });
export type FailureRow = z.infer<typeof failureSchema>;

/** Where one POP of a request stands, and what that means. */
const POP_STATES = {
  WAITING: "no result yet",
  IN_PROGRESS: "some results",
  DONE: "all results",
  UNFINISHED: "the request has ended without all results",
  NOT_RESOLVED: "the POP did not resolve in DNS, so it has no tasks",
} as const;
export type PopState = keyof typeof POP_STATES;

const states = Object.entries(POP_STATES).map(([state, meaning]) => `\`${state}\`: ${meaning}`);

/** A row of GET /prewarm?detail=pops: one POP of a request, under all its distributions. */
export const popProgressSchema = z
  .object({
    pop: z.string().describe("Code of the POP, as `x-amz-cf-pop` names it."),
    rec: z
      .string()
      .nullable()
      .describe("The regional edge cache that likely serves it; null where the catalogue names none."),
    state: z.enum(keysOf(POP_STATES)).describe(`${states.join("; ")}.`),
    total_count: count("Its tasks. 0 until the POPs are resolved."),
    ...counterFields,
    rec_miss_count: count(
      "Tasks that came from the origin, though the REC had the object: `rec` is likely not this POP's.",
    ),
    download_size: count("Bytes of the good results."),
  })
  .meta({
    id: "PopProgress",
    description: "One POP of a request. Its counts are not corrected at the end; the totals are.",
    examples: [
      {
        pop: "SIN2-C1",
        rec: "Singapore",
        state: "DONE",
        total_count: 2,
        download_count: 2,
        failed_count: 0,
        warm_count: 2,
        hit_count: 0,
        not_kept_count: 0,
        rec_miss_count: 0,
        download_size: 68684,
      },
    ],
  });

/** `urls` of GET /prewarm?detail=urls: the tasks of one POP. */
export const popUrlsSchema = z
  .object({
    pop: z.string().describe("The POP that was asked about."),
    total_count: count("Its tasks: URLs × variants."),
    buckets: z
      .array(
        z.object({
          state: z
            .enum(HEAT_STRIP_STATES)
            .describe("The worst that there is among its tasks. `not_tried`: the request ended before."),
          first: countField.min(1).describe("Number of its first task in the list of good URLs, from 1."),
          tasks: count("How many tasks it stands for."),
          failed: count("Tasks whose result is bad."),
        }),
      )
      .max(MAX_BINS)
      .describe("Its tasks in the order of the list, neighbours together."),
    failures: z
      .array(
        z.object({
          url: z.string(),
          variant: z.string().optional(),
          outcome: z.enum(["failed", "not_kept"]),
          reason: z.enum(failureReasons).optional(),
          error: z.string().optional().describe("What went wrong, in words."),
          http_status: z.number().int().optional(),
        }),
      )
      .max(MAX_NAMED)
      .describe("The first tasks whose result is bad, in the order of the list."),
    failures_omitted: count("How many more there are: the report has all."),
  })
  .meta({
    id: "PopUrls",
    description: "How the tasks of one POP ended, in short.",
    examples: [
      {
        pop: "SIN2-C1",
        total_count: 2,
        buckets: [
          { state: "warm", first: 1, tasks: 1, failed: 0 },
          { state: "failed", first: 2, tasks: 1, failed: 1 },
        ],
        failures: [
          {
            url: "https://www.example.com/gone.css",
            outcome: "failed",
            reason: "http_4xx",
            error: "HTTP 404",
            http_status: 404,
          },
        ],
        failures_omitted: 0,
      },
    ],
  });
export type PopUrls = z.infer<typeof popUrlsSchema>;

/** `sent` of GET /prewarm?detail=sent: what the request was sent with. */
export const sentSchema = z
  .object({
    body: z
      .object({
        url_list: z.array(z.string()).optional(),
        target_type: z.literal("pop").optional(),
        pops: z.array(z.string()).optional(),
        retry_of: z.string().optional(),
        cf_domain: z.string().optional(),
        timeout: countField,
        instance_count: countField,
        need_invalidate: z.literal(true).optional(),
        invalidate: pathsAndTagsSchema.optional(),
        verify: verifySchema,
        order: orderSchema,
        origin: originLimitsSchema.optional(),
        skip_uncached: z.boolean().optional(),
        flat_rate_plan: z.enum(FLAT_RATE_PLAN_NAMES).optional(),
        max_bytes: countField.optional(),
        max_failures: countField.optional(),
      })
      .describe(
        "A body of POST /prewarm that makes the same request again: URLs of its sources are among `url_list`, and countries and regions " +
          "are POPs. A retry has `retry_of` in place of URLs and POPs. Without headers: there may be secrets in them.",
      ),
    variant_names: z.array(z.string()).describe("Names of its variants: add their headers to send it again."),
    header_count: count("Lines that `header` had: add them to send it again."),
    urls_omitted: count("How many more URLs there are than the answer has room for."),
  })
  .meta({
    id: "Sent",
    description: "What a request was sent with.",
    examples: [
      {
        body: {
          url_list: ["https://www.example.com/index.html", "https://www.example.com/gone.css"],
          target_type: "pop",
          pops: ["SIN2-C1", "ATL56-C1", "ICN51-C1"],
          timeout: 30,
          instance_count: 2,
          verify: "edge",
          order: "lead-first",
        },
        variant_names: [],
        header_count: 1,
        urls_omitted: 0,
      },
    ],
  });
export type Sent = z.infer<typeof sentSchema>;

/** A row of GET /prewarm?detail=samples: how the request stood at one moment. All counts from its beginning on. */
export const sampleSchema = z
  .object({
    at: timestampField.describe("When it stood so."),
    received_size: count(
      "Bytes that instances had received for it, whatever came of them: cache checks and failures too.",
    ),
    ...sampleFields,
  })
  .meta({
    id: "Sample",
    description: "How a request stood at one moment. Interpolate linearly between two samples.",
    examples: [
      {
        at: "2024-04-16 03:11:00.000000",
        received_size: 137370,
        download_size: 68684,
        download_count: 3,
        failed_count: 1,
        warm_count: 0,
        hit_count: 2,
        not_kept_count: 1,
      },
    ],
  });

export const samplesField = z
  .array(sampleSchema)
  .max(MAX_SAMPLES)
  .optional()
  .describe(
    "With `samples` in `detail`: how it stood when it was made, as each minute began, and now or when it ended. Evenly fewer of a long one.",
  );
