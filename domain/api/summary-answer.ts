import * as z from "zod";
import { TERMINAL_STATUSES } from "../request/lifecycle.ts";
import { readinessSchema, verdictSchema } from "../request/verdict.ts";
import { countField, EXAMPLE_ID } from "./answer-fields.ts";
import { failureSchema } from "./detail-answers.ts";
import { requestFields } from "./progress-answer.ts";

const { request_id, failed_count, warm_count, hit_count, not_kept_count, timestamp, created_at, last_update_time } =
  requestFields;
const { retry_of, retried_by, sources } = requestFields;

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
    failure_urls_omitted: countField.describe("How many more there are than the answer has room for."),
    failure_pop_urls_report: z
      .url()
      .describe(
        "Link to a CSV with a row for each failed task, each URL that could not be read and each POP that did not resolve, good for ten " +
          "minutes. Ask again for a new one.",
      ),
    results_url: z
      .url()
      .nullable()
      .describe("Link to a CSV (gzip) with a row a task, warm ones too, good for ten minutes. Null: there is none."),
    results_note: z.string().optional().describe("Why there is none."),
    verdict: verdictSchema
      .nullable()
      .describe("Whether the crowd may come. Null: an older release has ended the request."),
    sentence: z.string().describe("How it ended, in one English sentence."),
    readiness: readinessSchema.nullable().describe("What the verdict rests on."),
    total_count: countField.describe("All tasks."),
    unfinished_count: countField.describe("Tasks without a result, because the request ended before."),
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
          "Not ready for traffic: 1 of 4 URLs could not be read; 1 other object is warm at no POP of Singapore. " +
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
