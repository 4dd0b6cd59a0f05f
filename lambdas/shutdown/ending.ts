import type { Lists } from "../../aws/lists.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { readinessOf, verdictOf } from "../../domain/readiness/verdict.ts";
import type { TerminalStatus } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import type { Recounted } from "./recount.ts";

/** What the item of a request has besides, once it has ended and was recounted. */
export type Ending = Pick<RequestItem, "report" | "results" | "verdict" | "readiness"> & Count;

/**
 * Writes the failures by reason, and says what the item is to say of them.
 * @param count of the tasks: the recount's, and what was given up
 */
export async function endingOf(
  deps: { readonly lists: Pick<Lists, "write"> },
  { req_id: reqId }: Pick<RequestItem, "req_id">,
  status: TerminalStatus,
  { failures, survey, results, inputFailureGroups }: Recounted,
  count: Count,
): Promise<Ending> {
  const groups = failures.groups();
  await deps.lists.write(LISTS.failures, reqId, [...groups, ...inputFailureGroups]);
  const readiness = readinessOf(survey(), groups.length);
  const verdict = verdictOf(status, readiness, count);
  return { ...count, report: LISTS.report.key(reqId), results, verdict, readiness };
}
