import * as z from "zod";
import { statusSchema, TERMINAL_STATUSES } from "../request/lifecycle.ts";
import { originLimitsSchema } from "../request/options.ts";
import { readinessSchema, verdictSchema } from "../request/readiness-schema.ts";
import { leftOutSchema, SOURCE_TYPES } from "../request/source.ts";
import { downloadsSchema, scopeSchema } from "../result/downloads.ts";
import { verifySchema } from "../result/outcome.ts";
import {
  count,
  counterFields,
  countField,
  downloadedField,
  EXAMPLE_ID,
  requestIdField,
  timeOfAnswer,
  timeoutField,
  timestampField,
  transferredField,
} from "./answer-fields.ts";
import {
  FAILURE_EXAMPLE,
  failureSchema,
  popProgressSchema,
  retryingSchema,
  sentSchema,
  UNRESOLVED_EXAMPLE,
} from "./detail-answers.ts";
import { warningSchema } from "./warnings.ts";

/** What a source of a request has given by now. */
const sourceProgressSchema = z
  .object({
    type: z.enum(SOURCE_TYPES).describe("Type of the source."),
    from: z.string().describe("Its URL without query string, or its location."),
    state: z.enum(["WAITING", "READING", "READ", "NOT_READ"]).describe("`NOT_READ`: the request ended before."),
    documents: count("Documents read."),
    urls: count("URLs that the source added."),
    left_out: leftOutSchema.describe("Its URLs that are not warmed, by reason."),
  })
  .meta({
    id: "SourceProgress",
    description: "What a source has added.",
    examples: [
      {
        type: "sitemap",
        from: "https://www.example.com/sitemap.xml",
        state: "READ",
        documents: 1,
        urls: 120,
        left_out: { duplicate: 3 },
      },
    ],
  });

/** How the example ended: a task failed at one POP, and another POP did not resolve. */
const ENDED_EXAMPLE = {
  verdict: "not_ready",
  sentence: "Not ready for traffic: 1 of 2 POPs is more than 1% cold (SIN2-C1). 1 POP did not resolve (DFW55-C3).",
  readiness: {
    cold_objects: 0,
    cold_unreadable: 0,
    cold_examples: [],
    cold_recs: [],
    lacking_pops: 1,
    lacking_other_pops: 1,
    lacking_examples: ["SIN2-C1"],
    pops: 2,
    unresolved_pops: 1,
    unresolved_examples: ["DFW55-C3"],
    unanswered_pops: 0,
    unreadable_urls: 0,
    urls: 2,
    exceptions: 2,
  },
  total_count: 4,
  failed_count: 1,
  warm_count: 3,
  hit_count: 0,
  regional_count: 0,
  not_kept_count: 0,
  transferred_bytes: 177568,
};

const PROGRESS_EXAMPLE = {
  request_id: EXAMPLE_ID,
  download_size: 88784,
  in_progress_size: 0,
  total_size: 137368,
  percentage_complete: 64,
  percentage_of: "bytes",
  available_task_count: 0,
  in_progress_task_count: 0,
  download_count: 4,
  ...ENDED_EXAMPLE,
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
  downloads: "auto",
  scope: "pop",
  accept_encoding: ["br,gzip"],
  instance_count: 2,
  key_id: "a1b2c3d4e5",
  timeout_at: "2024-04-16 03:40:21.405000",
};

/** GET /prewarm. */
export const progressSchema = z
  .object({
    request_id: requestIdField,
    download_size: downloadedField,
    transferred_bytes: transferredField,
    in_progress_size: count("Bytes of downloads in progress, each object once."),
    total_size: count("Bytes of all tasks whose size is known, each object once."),
    percentage_complete: countField
      .max(100)
      .describe("Percentage of the bytes, or of the tasks if a size is unknown. Failed tasks add no bytes."),
    percentage_of: z.enum(["bytes", "tasks"]).describe("What `percentage_complete` counts."),
    available_task_count: count("Tasks that wait."),
    in_progress_task_count: count("Tasks that an agent has."),
    ...counterFields,
    total_count: count("Tasks: readable URLs × variants × resolved POPs. 0 until the POPs are resolved."),
    bytes_per_second: count("Current download rate of all agents, with repeated downloads and checks."),
    instances_at_work: count("Instances that have tasks of the request."),
    estimated_finish_at: timestampField.nullable().describe("Estimated end, if known."),
    retrying: z
      .array(retryingSchema)
      .optional()
      .describe("Tasks that wait for their next attempt, by reason. Absent: none."),
    created_at: timestampField.describe("Time at which the request was made."),
    last_update_time: timestampField.describe("Time of the last change."),
    timestamp: timeOfAnswer,
    verdict: verdictSchema.optional().describe("Readiness verdict, after the end."),
    status: statusSchema.describe("Status of the request."),
    sources: z.array(sourceProgressSchema).optional().describe("What each source has added."),
    retry_of: z.string().optional().describe("Request that this one retries."),
    retried_by: z.string().optional().describe("Request that retries this one."),
    warnings: z
      .array(warningSchema)
      .describe(
        "What may prevent the intended result. `no_age`, `age_constant`, `origin_age` and `size_changed` are counted at the end.",
      ),
    url_count: count("Different URLs of the request."),
    unreadable_urls: count(
      "URLs that could not be read in any variant. They have no tasks, and are cold at every POP.",
    ).optional(),
    url_prefix: z.string().describe("Common beginning of these URLs."),
    pop_count: count("POPs of the request."),
    verify: verifySchema.describe("`verify` of the request."),
    downloads: downloadsSchema.describe("`downloads` of the request."),
    scope: scopeSchema.describe("`scope` of the request."),
    origin: originLimitsSchema.optional().describe("`origin` of the request."),
    variant_names: z.array(z.string()).optional().describe("Names of its variants."),
    accept_encoding: z
      .array(z.string())
      .optional()
      .describe(
        "`Accept-Encoding` of its downloads, as CloudFront normalizes it: `br,gzip`, `gzip`, `br`, `identity`.",
      ),
    instance_count: count("Instances that it needs. 0: it is paused."),
    key_id: z.string().optional().describe("ID of the API key that sent the request."),
    timeout_at: timeoutField,
    reason: z.string().optional().describe("Why the request has this status."),
    readiness: readinessSchema.optional().describe("Facts behind the verdict."),
    sentence: z.string().describe("Status or verdict in one sentence."),
    pops: z.array(popProgressSchema).optional().describe("With `detail=pops`: each POP."),
    failures: z.array(failureSchema).optional().describe("With `detail=failures`: the failures so far."),
    sent: sentSchema.optional().describe("With `detail=sent`: the body."),
  })
  .meta({ id: "Progress", description: "The state of a request.", examples: [PROGRESS_EXAMPLE] });

/** What the index of the list has no room for: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html. */
const UNLISTED = {
  sources: true,
  retry_of: true,
  retried_by: true,
  pop_count: true,
  verify: true,
  downloads: true,
  scope: true,
  origin: true,
  variant_names: true,
  accept_encoding: true,
  readiness: true,
  sentence: true,
} as const;

/** A request as the list of them says it. */
export const listedRequestSchema = progressSchema
  .omit({
    ...UNLISTED,
    // What `detail` adds.
    pops: true,
    failures: true,
    sent: true,
  })
  .meta({
    id: "ListedRequest",
    description:
      `A request in the list. After the end, \`warnings\` is incomplete. Absent: \`${Object.keys(UNLISTED).join("`, `")}\`, and the ` +
      "fields of `detail`.",
  });

/** GET /requests. */
export const requestsSchema = z
  .object({
    timestamp: timeOfAnswer,
    requests: z.array(listedRequestSchema).describe("Requests, the newest first."),
    next: z.string().nullable().describe("`next` for the next page. Null: this is the last page."),
  })
  .meta({
    id: "Requests",
    description: "A page of the list of requests.",
    examples: [
      {
        timestamp: "2024-04-16 03:15:09.499000",
        requests: [listedRequestSchema.parse(PROGRESS_EXAMPLE)],
        next: null,
      },
    ],
  });

const { request_id, failed_count, warm_count, hit_count, regional_count, not_kept_count } = progressSchema.shape;
const { transferred_bytes, timestamp, created_at, last_update_time } = progressSchema.shape;
const { retry_of, retried_by, sources, reason } = progressSchema.shape;

/** GET /summary. */
export const summarySchema = z
  .object({
    request_id,
    failure_pops: z.array(z.string()).describe("POPs that did not resolve. They have no tasks."),
    failure_urls: z
      .array(z.string())
      .describe("URLs that could not be read. They have no tasks. `url#variant`: only this variant."),
    failure_urls_omitted: count("URLs that `failure_urls` omits, beyond 5 MB. The report has all."),
    failure_pop_urls_report: z.url().describe("Link to the report. It expires after ten minutes."),
    results_url: z
      .url()
      .nullable()
      .describe("Link to all results. It expires after ten minutes. Null: there is no file."),
    results_note: z.string().optional().describe("Why there is no file: the list of URLs was lost."),
    verdict: verdictSchema.nullable().describe("Readiness verdict, if known."),
    sentence: z.string().describe("The verdict in one English sentence."),
    footnote: z.string().optional().describe("What the verdict does not cover."),
    readiness: readinessSchema.nullable().describe("Facts behind the verdict."),
    total_count: count("All tasks."),
    unfinished_count: count("Tasks without a result, because the request ended before."),
    failures: z.array(failureSchema).describe("The failures."),
    failed_count,
    warm_count,
    hit_count,
    regional_count,
    not_kept_count,
    transferred_bytes,
    timestamp,
    created_at,
    last_update_time,
    status: z.enum(TERMINAL_STATUSES).describe("Status of the request."),
    reason,
    sources,
    retry_of,
    retried_by,
  })
  .meta({
    id: "Summary",
    description: "The result of a request that has ended.",
    examples: [
      {
        request_id: EXAMPLE_ID,
        failure_pops: ["DFW55-C3"],
        failure_urls: [],
        failure_urls_omitted: 0,
        failure_pop_urls_report: "https://prewarm-bucket.s3.us-east-1.amazonaws.com/report.csv?X-Amz-Signature=0a1b2c",
        results_url: "https://prewarm-bucket.s3.us-east-1.amazonaws.com/results.csv.gz?X-Amz-Signature=3d4e5f",
        ...ENDED_EXAMPLE,
        unfinished_count: 0,
        failures: [FAILURE_EXAMPLE, UNRESOLVED_EXAMPLE],
        timestamp: "2024-04-16 03:15:12.605000",
        created_at: "2024-04-16 03:10:21.405000",
        last_update_time: "2024-04-16 03:11:53.531000",
        status: "FINISHED",
      },
    ],
  });
export type Summary = z.infer<typeof summarySchema>;
