import type { RequestItem } from "./request-item.ts";

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
