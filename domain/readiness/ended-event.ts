import * as z from "zod";
import { TERMINAL_STATUSES } from "../request/lifecycle.ts";
import { percentageOf, reportedPercentage } from "../request/progress.ts";
import { verdictSchema } from "../request/readiness-schema.ts";
import type { RequestItem } from "../request/request-item.ts";
import { sentence } from "./sentence.ts";

/** What rules of EventBridge match. */
export const EVENT_SOURCE = "prewarm";
export const EVENT_TYPE = "Prewarm Request Ended";

const count = z.number();

/** The detail of the event that says that a request has ended. Its counts are exact, and its summary can be read. */
export const endedEventSchema = z
  .object({
    req_id: z.string().describe("ID of the request."),
    status: z.enum(TERMINAL_STATUSES).describe("Final status."),
    reason: z.string().optional().describe("Why it ended as FAILED, or rarely TIMEOUT."),
    verdict: verdictSchema.optional().describe("Readiness verdict. `not_ready` also if nothing was counted."),
    sentence: z.string().describe("Status or verdict in one sentence."),
    total_count: count.describe("All tasks."),
    download_count: count,
    failed_count: count,
    warm_count: count,
    hit_count: count,
    regional_count: count,
    not_kept_count: count,
    total_size: count,
    download_size: count,
    transferred_bytes: count,
    created_at: z.string(),
    ended_at: z.string().describe("Time of the end."),
    progress_url: z.url().describe("URL of GET /prewarm. It needs the API key."),
    summary_url: z.url().describe("URL of GET /summary. It needs the API key."),
  })
  .meta({
    examples: [
      {
        req_id: "684153cc-efab-4a53-9409-357fddc2e2bd",
        status: "FINISHED",
        verdict: "not_ready",
        sentence:
          "Not ready for traffic: 1 of 2 POPs is more than 1% cold (SIN2-C1). 1 POP did not resolve (DFW55-C3).",
        total_count: 4,
        download_count: 4,
        failed_count: 1,
        warm_count: 3,
        hit_count: 0,
        regional_count: 0,
        not_kept_count: 0,
        total_size: 137368,
        download_size: 88784,
        transferred_bytes: 177568,
        created_at: "2024-04-16 03:10:21.405000",
        ended_at: "2024-04-16 03:11:53.531000",
        progress_url:
          "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/prewarm?req_id=684153cc-efab-4a53-9409-357fddc2e2bd",
        summary_url:
          "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/summary?req_id=684153cc-efab-4a53-9409-357fddc2e2bd",
      },
    ],
  });
export type EndedEvent = z.infer<typeof endedEventSchema>;

/** @param api base of the API, with a slash at its end */
export function endedEvent(item: RequestItem & { readonly status: EndedEvent["status"] }, api: string): EndedEvent {
  const query = `?req_id=${encodeURIComponent(item.req_id)}`;
  return endedEventSchema.parse({
    ...item,
    sentence: sentence({
      ...item,
      percentage_complete: reportedPercentage(item),
      percentage_of: percentageOf(item),
      timestamp: item.last_update_time,
      // Nothing of it is under way.
      instances_at_work: 0,
      in_progress_task_count: 0,
      bytes_per_second: 0,
      estimated_finish_at: null,
    }),
    ended_at: item.last_update_time,
    progress_url: `${api}prewarm${query}`,
    summary_url: `${api}summary${query}`,
  });
}
