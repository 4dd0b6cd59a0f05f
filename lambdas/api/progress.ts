import type { QueueDepth } from "../../aws/task-queue.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

/** Body of GET /prewarm. @param queue counts the messages of all requests together */
export function describeProgress(item: RequestItem, queue: QueueDepth, timestamp: string) {
  const downloadCount = Math.min(item.download_count, item.total_count);
  const remaining = item.total_count - downloadCount;
  const inProgress = inProgressOf(remaining, queue, item.active !== undefined);
  return {
    request_id: item.req_id,
    download_size: item.download_size,
    total_size: item.total_size,
    percentage_complete: percentage({ ...item, download_count: downloadCount }),
    available_task_count: remaining - inProgress,
    in_progress_task_count: inProgress,
    download_count: downloadCount,
    failed_count: item.failed_count,
    total_count: item.total_count,
    created_at: item.created_at,
    last_update_time: item.last_update_time,
    timestamp,
    status: item.status,
  };
}

/** Whole per cent of the bytes; of the tasks where bytes cannot tell. Never above 100, and 100 only when all is there. */
export function percentage(
  item: Pick<RequestItem, "total_count" | "total_size" | "sizes_known" | "download_count" | "download_size">,
): number {
  const byBytes = item.sizes_known && item.total_size > 0;
  const [done, total] = byBytes ? [item.download_size, item.total_size] : [item.download_count, item.total_count];
  if (total === 0) return 0;
  const most = item.download_count < item.total_count ? 99 : 100;
  // Multiplied first: 29 / 100 * 100 is a little less than 29.
  return Math.max(0, Math.min(most, Math.floor((done * 100) / total)));
}

/**
 * How many of the remaining tasks agents hold. The queue counts messages of all requests, so its share in flight is
 * taken as this request's.
 */
function inProgressOf(remaining: number, queue: QueueDepth, active: boolean): number {
  const messages = queue.available + queue.inFlight;
  if (!active || messages === 0) return 0;
  return Math.min(remaining, Math.round((remaining * queue.inFlight) / messages));
}
