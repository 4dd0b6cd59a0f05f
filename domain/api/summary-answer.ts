import * as z from "zod";
import { TERMINAL_STATUSES } from "../request/status.ts";
import { countField, EXAMPLE_ID } from "./answer-fields.ts";
import { failureSchema } from "./failures-answer.ts";
import { requestFields } from "./progress-answer.ts";

const { request_id, failed_count, warm_count, hit_count, not_kept_count, timestamp, created_at, last_update_time } =
  requestFields;
const { retry_of, retried_by } = requestFields;

/** GET /summary. */
export const summarySchema = z
  .object({
    request_id,
    failure_pops: z.array(z.string()).describe("POPs that did not resolve. They have no tasks."),
    failure_urls: z
      .array(z.string())
      .describe(
        "URLs whose size could not be read; `url#variant` where only some variants could not. They have no tasks.",
      ),
    failure_urls_omitted: countField.describe("How many more there are than the answer has room for."),
    failure_pop_urls_report: z
      .url()
      .describe("Link to a CSV with a row a failed task, good for ten minutes. Ask again for a new one."),
    results_url: z
      .url()
      .nullable()
      .optional()
      .describe("Link to a CSV (gzip) with a row a task, warm ones too, good for ten minutes. Null: there is none."),
    verdict: z
      .enum(["ready", "ready_with_exceptions", "not_ready"])
      .optional()
      .describe("Whether the crowd may come. Absent: an older release ended the request."),
    sentence: z.string().optional().describe("The verdict and what it rests on, in one sentence."),
    failures: z.array(failureSchema).optional().describe("The failures by reason, those of most tasks first."),
    failed_count,
    warm_count,
    hit_count,
    not_kept_count,
    timestamp,
    created_at,
    last_update_time,
    status: z.enum(TERMINAL_STATUSES).describe("How the request ended."),
    reason: z.string().optional().describe("Why it ended so, where that needs words: always with FAILED."),
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
