import pMap from "p-map";
import type { EndingRequestTable } from "../../aws/ending-request-table.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

const IN_PARALLEL = 32;

export interface FanOutAgainDeps {
  readonly requests: Pick<EndingRequestTable, "advance">;
  readonly requestPops: Pick<RequestPopTable, "of" | "markReady" | "callAgain">;
}

/**
 * Has Task fan out what is left of a request at INSERT_TASK. Targets are changed, for the request's item starts nothing any
 * more. If all are sent, only the last step is missing: whoever was to do it has died.
 * @param calls another number each time
 */
export async function fanOutAgain(deps: FanOutAgainDeps, item: RequestItem, calls: number): Promise<void> {
  const { req_id: reqId } = item;
  if (item.targets_sent >= item.targets_total) {
    await deps.requests.advance(reqId, "INSERT_TASK", "IN_PROGRESS");
    return;
  }
  const call = async ({ target, state }: { readonly target: string; readonly state: string }) => {
    if (state === "RESOLVED") await deps.requestPops.markReady(reqId, target);
    if (state === "READY") await deps.requestPops.callAgain(reqId, target, calls);
  };
  await pMap(await deps.requestPops.of(reqId), call, { concurrency: IN_PARALLEL });
}
