import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import type { FailureTally } from "../../domain/result/failure-tally.ts";

/** What the item of a request says at its end of which more tasks have failed than its caller allows. */
export function failedTooOften(item: RequestItem, count: Count, failures: FailureTally) {
  return { ...count, reason: reasonOf(item, count, failures), report: LISTS.report.key(item.req_id) };
}

function reasonOf({ max_failures }: RequestItem, { failed_count }: Count, failures: FailureTally): string {
  const commonest = failures.commonest();
  const mostly = commonest === undefined ? "" : `; most of them, ${commonest}`;
  return `max_failures: ${failed_count} tasks have failed, and the request allows ${max_failures}${mostly}`;
}
