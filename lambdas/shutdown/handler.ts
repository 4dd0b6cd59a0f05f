import { shutdownEventSchema } from "../../aws/timer.ts";
import { isSettleable } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { fitFleet, RESERVE_MS } from "../runtime.ts";
import { cleanUp, isEnded } from "./clean-up.ts";
import type { ShutdownDeps } from "./deps.ts";
import { settle } from "./settle.ts";

/**
 * Settles an active request, cleans up one that has ended and was not closed. Invoked asynchronously: by the timer of a request, and when
 * a request has ended or is to be checked. Two checks of the same request at the same time do no harm. If one run is not enough, it
 * requests the next check, which continues.
 */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const { req_id: reqId, timer } = shutdownEventSchema.parse(event);
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MS;
    const item = await deps.requests.get(reqId);
    if (item?.active !== undefined) return settleAndContinue(deps, item, remainingMs);
    if (item !== undefined) {
      if (isEnded(item) && !item.closed && !(await cleanUp(deps, item, remainingMs))) await deps.shutdown.invoke(reqId);
      return;
    }
    // It was deleted by hand or cannot be read. If it has ended, it needs no further check.
    await deps.requests.close(reqId);
    if (!timer) return;
    // Nothing can be counted of it, but the fleet must not outlive it.
    await deps.requests.end(reqId, "TIME_OUT", { reason: "The request's item could not be read" });
    await fitFleet(deps);
  };
}

/** Nobody else can request a check before this one is settled: not during its wait for the next one, nor for results that arrive. */
async function settleAndContinue(deps: ShutdownDeps, item: RequestItem, remainingMs: () => number): Promise<void> {
  const { req_id: reqId } = item;
  const checkInMs = await settle(deps, item, remainingMs);
  // A minute at most, for which the reserve is enough.
  if (checkInMs !== undefined) await deps.sleep(checkInMs);
  await deps.settlements.clear(reqId);
  // Requested as others do, so that nobody else does while it goes on.
  if (checkInMs !== undefined || (await isSettleableNow(deps, reqId))) await deps.settlements.requestSettlement(reqId);
}

async function isSettleableNow({ requests, progress }: ShutdownDeps, reqId: string): Promise<boolean> {
  const item = await requests.get(reqId);
  if (item?.active === undefined) return false;
  const { count } = await progress.count(reqId);
  return isSettleable(item, count);
}
