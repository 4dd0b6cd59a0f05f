import * as z from "zod";
import { type Estimate, estimateSchema } from "../cost/estimate.ts";
import { popSelectionSchema } from "../pops/pop-selection.ts";
import { EXAMPLE_ID, requestIdField, timeOfAnswer, timestampField } from "./answer-fields.ts";

/** Two URLs at three POPs. */
export const ESTIMATE_EXAMPLE: Estimate = {
  urls: 2,
  variants: 1,
  tasks: 6,
  lower_bound: false,
  sources: [],
  pops: {
    count: 3,
  },
  bytes: {
    estimate: 206_052,
    sampled: 2,
    unknown: 0,
    unreadable: 0,
  },
  transferred_bytes: 412_110,
  prices: {
    as_asked: { dollars: 0.01, requests: 20, bytes: 412_110 },
    downloads_1: { dollars: 0.01, requests: 14, bytes: 206_058 },
    regional: { dollars: 0.01, requests: 11, bytes: 137_373 },
  },
  origin_fetches: {
    expected: 4,
    size_questions: 2,
    origin_shield: [],
    uncached: { urls: 0, fetches: 0, examples: [] },
  },
  instances: {
    count: 2,
    type: "c7gn.large",
    vcpus: 2,
    hours: 0.042,
    minutes_to_finish: 1.3,
    binds: "the start of instances",
  },
  dollars: {
    total: 0.01,
    lines: [{ line: "ec2_spot", dollars: 0.0021, of: "0.04 instance hours of c7gn.large at $0.04992" }],
    prices_as_of: "2026-11",
    not_included: ["Taxes"],
  },
};

const STARTED_EXAMPLE = {
  status: "Success",
  error_message: "",
  error_urls: [],
  request_id: EXAMPLE_ID,
  timestamp: "2024-04-16 03:10:21.405000",
  timeout_at: "2024-04-16 03:40:21.405000",
  pop_selection: { selected: 3, known: 363, set: "named", places: [], source: "catalogue", discovered_at: null },
};

/** POST /prewarm: the request was made. */
export const startedSchema = z
  .object({
    status: z.literal("Success"),
    error_message: z.literal("").describe("Empty."),
    error_urls: z.array(z.string()).max(0).describe("Empty."),
    request_id: requestIdField.describe("ID of the new request. Empty with `dry_run`."),
    timestamp: timestampField.describe("Time at which the request was made, or estimated."),
    timeout_at: timestampField.describe("Time at which the request ends as TIMEOUT. Empty with `dry_run`."),
    pop_selection: popSelectionSchema.optional().describe("How the POPs were chosen. Absent with `retry_of`."),
    warnings: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("What may prevent the intended result, in words; GET /prewarm has objects."),
    skipped_urls: z.array(z.string()).min(1).optional().describe("URLs of `url_list` that `skip_uncached` omits."),
  })
  .meta({
    id: "Started",
    description: "The request was made, and starts by itself.",
    examples: [STARTED_EXAMPLE],
  });

const nothingMade = z.literal("").describe("Empty, because no request was made.");

/** POST /prewarm with `dry_run`: what the request would come to. Nothing was made. */
export const estimatedSchema = startedSchema
  .extend({
    request_id: nothingMade,
    timestamp: timeOfAnswer,
    timeout_at: nothingMade,
    estimate: estimateSchema.describe("With `dry_run`: the estimate."),
  })
  .meta({
    id: "Estimated",
    description: "With `dry_run`: what the request would do and cost. Nothing was made.",
    examples: [
      {
        ...STARTED_EXAMPLE,
        request_id: "",
        timeout_at: "",
        estimate: ESTIMATE_EXAMPLE,
      },
    ],
  });
export type Estimated = z.infer<typeof estimatedSchema>;

/** POST /prewarm. */
export const prewarmAnswerSchema = z.union([startedSchema, estimatedSchema]).meta({
  id: "PrewarmAnswer",
  description: "The request was made. With `dry_run`: it was estimated.",
  examples: [STARTED_EXAMPLE],
});

/** POST /prewarm: it was refused, or something failed. Nothing was made. */
export const prewarmRefusalSchema = z
  .object({
    status: z.literal("Failed"),
    error_message: z.string().min(1).describe("The first 50 errors, separated by `; `. Each begins with its field."),
    error_urls: z.array(z.string()).describe("Each invalid URL once, as far as an answer has room."),
    request_id: nothingMade,
    timestamp: timeOfAnswer,
    timeout_at: nothingMade,
  })
  .meta({
    id: "PrewarmRefusal",
    description: "An error. Nothing was made.",
    examples: [
      {
        status: "Failed",
        timestamp: STARTED_EXAMPLE.timestamp,
        error_message: "url_list: 'ftp://x/y' has the scheme ftp. Use absolute http:// or https:// URLs",
        error_urls: ["ftp://x/y"],
        request_id: "",
        timeout_at: "",
      },
    ],
  });
