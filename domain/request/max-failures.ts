import { isComplete } from "./progress.ts";
import type { RequestItem } from "./request-item.ts";

/** What a request's caller allows. */
type Allowance = Pick<RequestItem, "max_failures">;

/** Whether more tasks have failed than the request allows: then it need not run to its end. */
export function hasFailedTooOften({ max_failures: most }: Allowance, failed: number): boolean {
  return most !== undefined && failed > most;
}

/** Whether a request's counters say that it is to end: every task has a result, or too many have failed. */
export function seemsOver(
  item: Allowance & Pick<RequestItem, "total_count">,
  live: { readonly download_count: number; readonly failed_count: number },
): boolean {
  return isComplete(item, live) || hasFailedTooOften(item, live.failed_count);
}
