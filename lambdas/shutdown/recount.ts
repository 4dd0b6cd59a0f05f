import type { Lists } from "../../aws/lists.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import { Ledger } from "../../domain/plan/ledger.ts";
import { Plan } from "../../domain/plan/plan.ts";
import { unfinishedResult } from "../../domain/plan/unfinished.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import type { Failure } from "../../domain/result/failure.ts";
import type { ReportedResult } from "../../domain/result/report.ts";
import { goodUrlsOf } from "./good-urls.ts";

export interface RecountDeps {
  readonly lists: Pick<Lists, "read" | "write">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly results: Pick<RequestTaskTable, "of">;
}

/**
 * Reads all results of a request once, counts them exactly and writes the report: a row a task that failed or has no
 * result. Its memory grows by one bit for each task.
 * @param whyMissing what the report says of tasks without a result, once all results are counted
 * @throws ListLostError
 */
export async function recount(
  deps: RecountDeps,
  item: RequestItem,
  whyMissing: (count: Count) => Failure,
): Promise<Ledger> {
  const { req_id: reqId, distributions, shards } = item;
  const isPrepared = item.total_count > 0;
  const urls = isPrepared ? await goodUrlsOf(deps.lists, reqId) : [];
  const ledger = new Ledger(new Plan(distributions, await deps.requestPops.of(reqId)), urls);
  await deps.lists.write(LISTS.report, reqId, failedTasks(item, deps.results.of(reqId, shards), ledger, whyMissing));
  return ledger;
}

async function* failedTasks(
  item: RequestItem,
  results: AsyncIterable<ReportedResult>,
  ledger: Ledger,
  whyMissing: (count: Count) => Failure,
): AsyncGenerator<ReportedResult> {
  for await (const result of results) {
    if (ledger.enter(result) && !result.ok) yield result;
  }
  const failure = whyMissing(ledger.count());
  for (const task of ledger.missing()) yield unfinishedResult(item, task, failure);
}
