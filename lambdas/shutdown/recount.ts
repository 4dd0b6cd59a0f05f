import type { UrlLists } from "../../aws/lists.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { CountedResult, TaskResultTable } from "../../aws/request-task-table.ts";
import { Ledger } from "../../domain/plan/ledger.ts";
import { listKeys } from "../../domain/request/list-keys.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

export const REPORT_HEADER = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts"] as const;

export interface RecountDeps {
  readonly lists: Pick<UrlLists, "read" | "write">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly results: Pick<TaskResultTable, "of">;
}

/**
 * Reads all results of a request once, counts them exactly and writes the report: a row a task that failed or has no
 * result. Nothing of it grows with the number of results but one bit each.
 */
export async function recount(deps: RecountDeps, item: RequestItem): Promise<Ledger> {
  const prepared = item.total_count > 0;
  const rows: string[][] = [];
  if (prepared) for await (const row of deps.lists.read(listKeys.successUrls(item.req_id))) rows.push(row);
  const ledger = new Ledger(rows, item.distributions, await deps.requestPops.of(item.req_id));
  const report = reportRows(deps.results.of(item.req_id, item.shards), ledger);
  await deps.lists.write(listKeys.report(item.req_id), report, { forSpreadsheets: true });
  return ledger;
}

async function* reportRows(results: AsyncIterable<CountedResult>, ledger: Ledger): AsyncGenerator<readonly unknown[]> {
  yield REPORT_HEADER;
  for await (const result of results) {
    if (ledger.enter(result) && !result.ok) yield reportRow(result);
  }
  for (const { target, row } of ledger.missing()) {
    yield [target.pop, row[0], "no result: the request ended before an agent finished it", "", "", "", 0];
  }
}

function reportRow(result: CountedResult): readonly unknown[] {
  return [
    result.pop,
    result.url,
    result.error,
    result.http_status,
    result.x_amz_cf_pop,
    result.x_amz_cf_id,
    result.attempts,
  ];
}
