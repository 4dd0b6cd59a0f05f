import * as z from "zod";
import { TERMINAL_STATUSES } from "../request/lifecycle.ts";
import { reportedPercentage } from "../request/progress.ts";
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
    status: z.enum(TERMINAL_STATUSES),
    reason: z.string().optional(),
    verdict: verdictSchema.optional().describe("Readiness verdict. `not_ready` also if nothing was counted."),
    sentence: z.string(),
    total_count: count,
    download_count: count,
    failed_count: count,
    warm_count: count,
    hit_count: count,
    not_kept_count: count,
    total_size: count,
    download_size: count,
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
        verdict: "ready",
        sentence: "Ready for traffic: all 6 tasks are warm.",
        total_count: 6,
        download_count: 6,
        failed_count: 0,
        warm_count: 6,
        hit_count: 0,
        not_kept_count: 0,
        total_size: 206052,
        download_size: 206052,
        created_at: "2024-04-16 03:10:21.405303",
        ended_at: "2024-04-16 03:11:53.531414",
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
