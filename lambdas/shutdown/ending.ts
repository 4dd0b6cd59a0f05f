import type { Lists } from "../../aws/lists.ts";
import { readinessOf, verdictOf } from "../../domain/readiness/verdict.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { TerminalStatus } from "../../domain/request/status.ts";
import type { Count } from "../../domain/result/count.ts";
import { isMissing } from "../lost-list.ts";
import type { Recounted } from "./recount.ts";

/** What the item of a request has besides, once it has ended and was recounted. */
export type Ending = Pick<RequestItem, "report" | "results" | "verdict" | "readiness"> & Count;

/**
 * Writes the failures by reason, and says what the item is to say of them.
 * @param count of the tasks: the recount's, and what was given up
 */
export async function endingOf(
  deps: { readonly lists: Pick<Lists, "read" | "write"> },
  { req_id: reqId }: Pick<RequestItem, "req_id">,
  status: TerminalStatus,
  { failures, survey, results }: Recounted,
  count: Count,
): Promise<Ending> {
  const groups = failures.groups();
  await deps.lists.write(LISTS.failures, reqId, groups);
  const unreadable = await unreadableUrls(deps.lists, reqId);
  const readiness = readinessOf(survey(), { reasons: groups.length, unreadable });
  return { ...count, report: LISTS.report.key(reqId), results, verdict: verdictOf(status, readiness), readiness };
}

/** How many URLs, or forms of them, could not be read; none where their sizes were not asked. */
async function unreadableUrls(lists: Pick<Lists, "read">, reqId: string): Promise<number> {
  let count = 0;
  try {
    for await (const _ of lists.read(LISTS.failedUrls, reqId)) count++;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return count;
}
