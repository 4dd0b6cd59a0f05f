import * as z from "zod";
import { requestItemSchema } from "./request-item.ts";

/**
 * A request as the index of all requests shows it: what GET /prewarm says of one that has ended. What takes kilobytes is left
 * out, because an index is paid for by its size.
 */
export const listedRequestSchema = requestItemSchema.pick({
  req_id: true,
  status: true,
  active: true,
  created_at: true,
  last_update_time: true,
  timeout_at: true,
  expire_at: true,
  url_count: true,
  url_prefix: true,
  instance_count: true,
  total_count: true,
  total_size: true,
  sizes_known: true,
  download_count: true,
  download_size: true,
  failed_count: true,
  warm_count: true,
  hit_count: true,
  not_kept_count: true,
  may_not_be_kept: true,
  reason: true,
  verdict: true,
  max_reported_percentage: true,
});

export type ListedRequest = z.infer<typeof listedRequestSchema>;

/** What the index has beside its keys. */
export const LISTED_ATTRIBUTES: readonly string[] = listedRequestSchema
  .keyof()
  .options.filter((name) => name !== "req_id" && name !== "created_at");

/** Where a page of the list ends: the next one begins behind this request. */
export const placeSchema = z.object({ req_id: z.string(), created_at: z.string() });
export type Place = z.infer<typeof placeSchema>;
