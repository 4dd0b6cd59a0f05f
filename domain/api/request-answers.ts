import * as z from "zod";
import { statusSchema, TERMINAL_STATUSES } from "../request/lifecycle.ts";
import { orderSchema, originLimitsSchema } from "../request/options.ts";
import { readinessSchema, verdictSchema } from "../request/readiness-schema.ts";
import { leftOutSchema, SOURCE_TYPES } from "../request/source.ts";
import { verifySchema } from "../result/outcome.ts";
import {
  count,
  counterFields,
  countField,
  EXAMPLE_ID,
  requestIdField,
  timeOfAnswer,
  timeoutField,
  timestampField,
} from "./answer-fields.ts";
import { failureSchema, popProgressSchema, popUrlsSchema, samplesField, sentSchema } from "./detail-answers.ts";
import { warningSchema } from "./warnings.ts";

/** What a source of a request has given by now. */
const sourceProgressSchema = z
  .object({
    type: z.enum(SOURCE_TYPES),
    from: z.string().describe("Its address without a query, or its place in a bucket."),
    state: z.enum(["WAITING", "READING", "READ", "NOT_READ"]),
    documents: count("Documents that were read; of a prefix, the pages of its listing."),
    urls: count("URLs that are warmed because of it."),
    left_out: leftOutSchema.describe("URLs that it names and that are not warmed, by why."),
  })
  .meta({ id: "SourceProgress", description: "What a source has given." });

const PROGRESS_EXAMPLE = {
  request_id: EXAMPLE_ID,
  download_size: 137368,
  in_progress_size: 0,
  total_size: 206052,
  percentage_complete: 66,
  available_task_count: 0,
  in_progress_task_count: 0,
  download_count: 6,
  failed_count: 2,
  warm_count: 0,
  hit_count: 4,
  not_kept_count: 1,
  total_count: 6,
  bytes_per_second: 0,
  instances_at_work: 0,
  estimated_finish_at: null,
  created_at: "2024-04-16 03:10:21.405000",
  last_update_time: "2024-04-16 03:11:53.531000",
  timestamp: "2024-04-16 03:15:09.499000",
  status: "FINISHED",
  warnings: [],
  url_count: 2,
  url_prefix: "https://www.example.com/",
  pop_count: 3,
  verify: "edge",
  order: "lead-first",
  instance_count: 2,
  timeout_at: "2024-04-16 03:40:21.405000",
  sentence: "Ready, with 1 exception: 2 of 6 tasks failed. Of the other tasks, 4 are hits that are not proven warm.",
};

/** GET /prewarm. */
export const progressSchema = z
  .object({
    request_id: requestIdField,
    download_size: count("Bytes of the good results."),
    in_progress_size: count("Bytes so far of downloads that have no result yet, or whose result is not counted yet."),
    total_size: count("Bytes of all tasks, as far as the sizes are known."),
    percentage_complete: countField
      .max(100)
      .describe(
        "Whole per cent of the bytes; of the tasks, if any size is unknown. 100 only when every task has a result and the request has ended. It never decreases.",
      ),
    available_task_count: count("Tasks without a result that wait."),
    in_progress_task_count: count("Tasks without a result that an agent holds."),
    ...counterFields,
    total_count: count("Tasks: good URLs × variants × POPs that resolved. 0 until the POPs are resolved."),
    bytes_per_second: count("What all agents together download for this request now."),
    instances_at_work: count("Instances that hold tasks of it."),
    estimated_finish_at: timestampField
      .nullable()
      .describe("When the rest will be done at the rate of now; null: nobody is at work, or no rate is known."),
    created_at: timestampField.describe("When the request was made."),
    last_update_time: timestampField.describe("When it last moved: a result, a step, a recount."),
    timestamp: timeOfAnswer,
    verdict: verdictSchema
      .optional()
      .describe("The readiness verdict. Absent: the request has not ended, or an older release ended it."),
    status: statusSchema.describe(
      "Where the request stands. FINISHED says that all has a result, not that all is good.",
    ),
    sources: z.array(sourceProgressSchema).optional().describe("What each source has given. Absent: it has none."),
    retry_of: z.string().optional().describe("The request whose failed tasks it warms. Absent: none."),
    retried_by: z.string().optional().describe("The request that tries this one again. Absent: none."),
    warnings: z.array(warningSchema).describe("What may keep the request from what was meant. Empty: nothing."),
    url_count: count("URLs that it was asked for."),
    url_prefix: z.string().describe("What all of them begin with, without a query; empty: nothing."),
    pop_count: count("POPs that it was asked for."),
    verify: verifySchema.describe("How warmth is shown."),
    order: orderSchema.describe("Which POP asks first."),
    origin: originLimitsSchema
      .optional()
      .describe("What all instances together may ask of the origin. Absent: no limit."),
    variant_names: z.array(z.string()).optional().describe("Names of its variants. Absent: it has none, or has ended."),
    instance_count: count("Instances that it wishes for. 0 pauses it."),
    timeout_at: timeoutField,
    reason: z.string().optional().describe("Why it ended so, where that needs words: always with FAILED."),
    readiness: readinessSchema.optional().describe("What the verdict rests on."),
    sentence: z.string().describe("Where it stands, in one English sentence."),
    pops: z
      .array(popProgressSchema)
      .optional()
      .describe("With `pops` in `detail`: a row a POP, in the order of the request."),
    failures: z
      .array(failureSchema)
      .optional()
      .describe("With `failures` in `detail`: the failures so far by reason, those of most tasks first."),
    samples: samplesField,
    urls: popUrlsSchema
      .optional()
      .describe(
        "With `urls` in `detail`, once the request has ended: how the tasks of the POP that `pop` names ended.",
      ),
    sent: sentSchema.optional().describe("With `sent` in `detail`: what it was sent with."),
  })
  .meta({ id: "Progress", description: "Where a request stands.", examples: [PROGRESS_EXAMPLE] });

/** A request as the list of them says it. */
export const listedRequestSchema = progressSchema
  .omit({
    // What the index of the list has no room for: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html.
    sources: true,
    retry_of: true,
    retried_by: true,
    pop_count: true,
    verify: true,
    order: true,
    origin: true,
    variant_names: true,
    readiness: true,
    sentence: true,
    // What `detail` adds.
    pops: true,
    failures: true,
    samples: true,
    urls: true,
    sent: true,
  })
  .extend({ reason: z.string().optional().describe("Why it ended so, where that needs words.") })
  .meta({
    id: "ListedRequest",
    description: "A request of the list: what GET /prewarm says of it, as far as the index of the list has it.",
  });

/** GET /requests. */
export const requestsSchema = z
  .object({
    timestamp: timeOfAnswer,
    requests: z.array(listedRequestSchema).describe("The newest first."),
    next: z.string().nullable().describe("What to send as `next` for the next page; null: this is the last."),
  })
  .meta({
    id: "Requests",
    description: "A page of the list of all requests.",
    examples: [
      {
        timestamp: "2024-04-16 03:15:09.499000",
        requests: [listedRequestSchema.parse(PROGRESS_EXAMPLE)],
        next: null,
      },
    ],
  });

const { request_id, failed_count, warm_count, hit_count, not_kept_count, timestamp, created_at, last_update_time } =
  progressSchema.shape;
const { retry_of, retried_by, sources } = progressSchema.shape;

/** GET /summary. */
export const summarySchema = z
  .object({
    request_id,
    failure_pops: z
      .array(z.string())
      .describe("POPs that did not resolve. They have no tasks; `failures` and the report say why."),
    failure_urls: z
      .array(z.string())
      .describe(
        "URLs that could not be read; `url#variant` where only some variants could not. They have no tasks; `failures` and the " +
          "report say why.",
      ),
    failure_urls_omitted: count("How many more there are than the answer has room for."),
    failure_pop_urls_report: z
      .url()
      .describe(
        "Link to a CSV with a row for each failed task, each URL that could not be read and each POP that did not resolve, good for ten " +
          "minutes. Ask again for a new one.",
      ),
    results_url: z
      .url()
      .nullable()
      .describe(
        "Link to a CSV (gzip) with one row per task, including warm ones, good for ten minutes. Null: there is none.",
      ),
    results_note: z.string().optional().describe("Why there is none."),
    verdict: verdictSchema.nullable().describe("The readiness verdict. Null: an older release ended the request."),
    sentence: z.string().describe("How it ended, in one English sentence."),
    footnote: z.string().optional().describe("What the verdict does not cover. Absent: there is no verdict."),
    readiness: readinessSchema.nullable().describe("What the verdict rests on."),
    total_count: count("All tasks."),
    unfinished_count: count("Tasks without a result, because the request ended before."),
    failures: z
      .array(failureSchema)
      .describe(
        "The failures by reason, those of most tasks first; then URLs that could not be read and POPs that did not resolve, by reason.",
      ),
    failed_count,
    warm_count,
    hit_count,
    not_kept_count,
    timestamp,
    created_at,
    last_update_time,
    status: z.enum(TERMINAL_STATUSES).describe("How the request ended."),
    reason: z.string().optional().describe("Why it ended so, where that needs words: always with FAILED."),
    sources,
    retry_of,
    retried_by,
  })
  .meta({
    id: "Summary",
    description: "What came of a request that has ended.",
    examples: [
      {
        request_id: EXAMPLE_ID,
        failure_pops: ["ICN51-C1"],
        failure_urls: ["https://www.example.com/missing.css"],
        failure_urls_omitted: 0,
        failure_pop_urls_report: "https://prewarm-bucket.s3.us-east-1.amazonaws.com/report.csv?X-Amz-Signature=0a1b2c",
        results_url: null,
        results_note: "There is no file of all results of this request",
        verdict: "not_ready",
        sentence:
          "Not ready for traffic: 1 of 4 URLs could not be read; 1 other object is not warm at any POP under the regional edge cache Singapore. " +
          "1 POP did not resolve (ICN51-C1).",
        readiness: {
          cold_objects: 2,
          cold_unreadable: 1,
          cold_examples: [{ url: "https://www.example.com/account.js", rec: "Singapore" }],
          cold_recs: ["Singapore"],
          lacking_pops: 2,
          lacking_other_pops: 0,
          lacking_examples: ["SIN2-C1", "SIN52-C2"],
          pops: 2,
          unresolved_pops: 1,
          unresolved_examples: ["ICN51-C1"],
          unanswered_pops: 0,
          unreadable_urls: 1,
          urls: 4,
          exceptions: 3,
        },
        total_count: 6,
        unfinished_count: 0,
        failures: [],
        failed_count: 2,
        warm_count: 0,
        hit_count: 4,
        not_kept_count: 1,
        timestamp: "2024-04-16 03:15:12.605000",
        created_at: "2024-04-16 03:10:21.405000",
        last_update_time: "2024-04-16 03:11:53.531000",
        status: "FINISHED",
      },
    ],
  });
export type Summary = z.infer<typeof summarySchema>;
