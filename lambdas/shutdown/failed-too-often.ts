import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import type { FailureTally } from "../../domain/result/failure-tally.ts";

/** Why a request has ended of which more tasks have failed than its caller allows. */
export function failedTooOften({ max_failures }: RequestItem, { failed_count }: Count, failures: FailureTally): string {
  const commonest = failures.commonest();
  const mostly = commonest === undefined ? "" : `; most of them, ${commonest}`;
  return `max_failures: ${failed_count} tasks have failed, and the request allows ${max_failures}${mostly}`;
}
