import type { RequestItem } from "./request-item.ts";

type Counted = Pick<RequestItem, "total_count" | "total_size" | "sizes_known" | "download_count" | "download_size">;

type Ended = Pick<RequestItem, "active" | "verdict" | "status">;

/** Whole per cent of the bytes; of the tasks where bytes cannot tell. Never above 100, and 100 only when all is there. */
export function percentage(item: Counted): number {
  const byBytes = item.sizes_known && item.total_size > 0;
  const [done, total] = byBytes ? [item.download_size, item.total_size] : [item.download_count, item.total_count];
  if (total === 0) return 0;
  const most = item.download_count < item.total_count ? 99 : 100;
  // Multiplied first: 29 / 100 * 100 is a little less than 29.
  return Math.max(0, Math.min(most, Math.floor((done * 100) / total)));
}

/**
 * The percentage that the API reports of a request: never below one that it has reported. Bytes are lost when an agent dies, or when a
 * download fails or begins anew; counters may count a task twice, so 100 is reported only once they are exact.
 */
export function reportedPercentage(item: Counted & Ended & Pick<RequestItem, "max_reported_percentage">): number {
  const most = isCounted(item) ? 100 : 99;
  return Math.max(item.max_reported_percentage ?? 0, Math.min(most, percentage(item)));
}

/**
 * Whether the item of a request has its exact counts. A request that was stopped, or has failed on its way, is recounted after its end. A
 * release before wrote no verdict.
 */
export function isCounted({ active, verdict, status }: Ended): boolean {
  return active === undefined && (verdict !== undefined || status === "FINISHED");
}
