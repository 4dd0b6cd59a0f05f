import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import type { FailureTally } from "../../domain/result/failure-tally.ts";

/** Why a request ends of which more tasks have failed than its caller allows. */
export function tooManyFailures({ max_failures: most }: RequestItem, failed: number, failures: FailureTally): string {
  const commonest = failures.commonest();
  const mostly = commonest === undefined ? "" : `; most of them, ${commonest}`;
  return `max_failures: ${failed} tasks have failed, and the request allows ${most}${mostly}`;
}

/** What the item of such a request says at its end. */
export function failedTooOften(item: RequestItem, count: Count, failures: FailureTally) {
  const reason = tooManyFailures(item, count.failed_count, failures);
  return { ...count, reason, report: LISTS.report.key(item.req_id) };
}
