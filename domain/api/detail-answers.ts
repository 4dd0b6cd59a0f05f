import * as z from "zod";
import { keysOf } from "../collections.ts";
import { reasonText } from "../readiness/reasons.ts";
import { pathsAndTagsSchema } from "../request/invalidation.ts";
import { originLimitsSchema } from "../request/options.ts";
import { downloadsSchema, scopeSchema } from "../result/downloads.ts";
import { failureReasons } from "../result/failure.ts";
import { FAILURE_SUBJECTS, failureExampleSchema, MAX_EXAMPLES } from "../result/failure-groups.ts";
import { verifySchema } from "../result/outcome.ts";
import { POP_COVERAGES } from "../result/sample.ts";
import {
  count,
  counterFields,
  countField,
  downloadedField,
  timestampField,
  transferredField,
} from "./answer-fields.ts";

/** The URL of the examples that failed at a POP. */
const FAILED_URL = "https://www.example.com/css/bootstrap-icons.css";

export const FAILURE_EXAMPLE = {
  code: "http_5xx",
  subject: "task",
  tasks: 1,
  pops: 1,
  urls: 1,
  ...reasonText("http_5xx", "en"),
  examples: [{ url: FAILED_URL, pop: "SIN2-C1", error: "HTTP 503", http_status: 503 }],
};

export const UNRESOLVED_EXAMPLE = {
  code: "name_not_found",
  subject: "pop",
  tasks: 0,
  pops: 1,
  urls: 0,
  ...reasonText("name_not_found", "en"),
  examples: [{ pop: "DFW55-C3", error: "d111111abcdef8.DFW55-C3.cloudfront.net does not exist in DNS (ENOTFOUND)" }],
};

/** The failures of a request that have one reason. */
export const failureSchema = z
  .object({
    code: z.enum(failureReasons).describe("Reason of the failures."),
    subject: z
      .enum(FAILURE_SUBJECTS)
      .describe("What failed: tasks, URLs that could not be read, or POPs that did not resolve."),
    tasks: count("Failed tasks."),
    pops: count("Different POPs."),
    urls: countField.nullable().describe("Different URLs. Null: the request is active."),
    title: z.string().describe("The reason in a few words."),
    means: z.string().describe("Meaning of the reason."),
    viewers: z.string().describe("Effect on viewers at these POPs."),
    next: z.string().describe("What to do."),
    examples: z.array(failureExampleSchema).max(MAX_EXAMPLES).describe("Some of the failures."),
  })
  .meta({
    id: "Failure",
    description: "All failures of a request with the same subject and reason.",
    examples: [FAILURE_EXAMPLE],
  });
export type FailureRow = z.infer<typeof failureSchema>;

/** Tasks that wait for their next attempt, because the last one failed for one reason. */
export const retryingSchema = z
  .object({
    code: z.enum(failureReasons).describe("Reason of the last attempt."),
    title: z.string().describe("The reason in a few words."),
    tasks: count("Tasks that wait."),
    next_attempt_by: timestampField.describe("Time until which they wait."),
    examples: z.array(failureExampleSchema).max(MAX_EXAMPLES).describe("Some of the tasks, with their last attempt."),
  })
  .meta({
    id: "Retrying",
    description: "Tasks that are in the queue until their next attempt. They are not failed.",
    examples: [
      {
        code: "http_5xx",
        title: reasonText("http_5xx", "en").title,
        tasks: 1,
        next_attempt_by: "2024-04-16 03:12:48.000000",
        examples: FAILURE_EXAMPLE.examples,
      },
    ],
  });
export type RetryingRow = z.infer<typeof retryingSchema>;

/** Where one POP of a request stands, and what that means. */
const POP_STATES = {
  WAITING: "no results",
  IN_PROGRESS: "some results",
  DONE: "all results",
  UNFINISHED: "the request ended before all results",
  NOT_RESOLVED: "it has no tasks",
} as const;
export type PopState = keyof typeof POP_STATES;

const states = Object.entries(POP_STATES).map(([state, meaning]) => `\`${state}\`: ${meaning}`);

/** A row of GET /prewarm?detail=pops: one POP of a request, under all its distributions. */
export const popProgressSchema = z
  .object({
    pop: z.string().describe("Code of the POP."),
    rec: z.string().nullable().describe("Regional edge cache that likely serves it. Null: not known."),
    state: z.enum(keysOf(POP_STATES)).describe(`${states.join("; ")}.`),
    coverage: z
      .enum(POP_COVERAGES)
      .optional()
      .describe(
        "Only with the scope `regional`, after the end. `lead`: it requested all objects; `covered`: its samples show that it has a REC that keeps all objects; `not_covered`: neither is shown.",
      ),
    total_count: count("Its tasks. 0 until the POPs are resolved."),
    ...counterFields,
    download_size: downloadedField,
    transferred_bytes: transferredField,
  })
  .meta({
    id: "PopProgress",
    description: "One POP of a request. Its counts can differ slightly from the report.",
    examples: [
      {
        pop: "SIN2-C1",
        rec: "Singapore",
        state: "DONE",
        total_count: 2,
        download_count: 2,
        failed_count: 1,
        warm_count: 1,
        hit_count: 0,
        regional_count: 0,
        not_kept_count: 0,
        download_size: 20100,
        transferred_bytes: 40200,
      },
    ],
  });

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
        downloads: downloadsSchema,
        scope: scopeSchema,
        origin: originLimitsSchema.optional(),
        skip_uncached: z.boolean().optional(),
        max_bytes: countField.optional(),
        max_failures: countField.optional(),
      })
      .describe(
        "Body for the same request, without headers. `url_list` includes the URLs of the sources, `pops` the POPs of countries and regions. A retry has `retry_of` instead of both.",
      ),
    variant_names: z.array(z.string()).describe("Names of the variants."),
    header_count: count("Number of lines of `header`."),
    urls_omitted: count("URLs that `url_list` omits, beyond 5 MB."),
  })
  .meta({
    id: "Sent",
    description: "What the request was made with.",
    examples: [
      {
        body: {
          url_list: ["https://www.example.com/index.html", FAILED_URL],
          cf_domain: "www.example.com",
          target_type: "pop",
          pops: ["ATL56-C1", "SIN2-C1", "DFW55-C3"],
          timeout: 30,
          instance_count: 2,
          verify: "edge",
          downloads: "auto",
          scope: "pop",
        },
        variant_names: [],
        header_count: 1,
        urls_omitted: 0,
      },
    ],
  });
export type Sent = z.infer<typeof sentSchema>;
