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
export const endedEventSchema = z.object({
  req_id: z.string(),
  status: z.enum(TERMINAL_STATUSES),
  /** Why a FAILED request failed, or one ended before its tasks were done. */
  reason: z.string().optional(),
  /** Absent: it has no tasks that were counted. */
  verdict: verdictSchema.optional(),
  /** The same, and where it stands, in words. */
  sentence: z.string(),
  total_count: count,
  download_count: count,
  failed_count: count,
  warm_count: count,
  hit_count: count,
  not_kept_count: count,
  /** In bytes. */
  total_size: count,
  download_size: count,
  /** UTC. */
  created_at: z.string(),
  ended_at: z.string(),
  /** To be asked with the API key. */
  progress_url: z.url(),
  summary_url: z.url(),
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
