import { shutdownEventSchema } from "../../aws/timer.ts";
import { isSettleable } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { fitFleet, RESERVE_MS } from "../runtime.ts";
import { cleanUp, isEnded } from "./clean-up.ts";
import type { ShutdownDeps, ShutdownRun } from "./deps.ts";
import { settle } from "./settle.ts";

/**
 * EventBridge Scheduler invokes up to a minute late. Shorter delays come of a small `stallSeconds` alone: these are slept, which
 * is precise and costs less than a cent for a thousand.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-based
 */
const MAX_SLEEP_MS = 20_000;

/** What Lambda tells of a run. */
interface ShutdownContext {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/**
 * Settles an active request, cleans up one that has ended and was not closed. Invoked asynchronously: by the timer of a request, and when
 * a request has ended or is to be checked. Two checks of the same request at the same time do no harm. If one run is not enough, it
 * requests the next check, which continues.
 */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown, context: ShutdownContext): Promise<void> => {
    const { req_id: reqId, timer } = shutdownEventSchema.parse(event);
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MS;
    const item = await deps.requests.get(reqId);
    if (item?.active !== undefined)
      return settleAndRecheck(deps, item, { remainingMs, functionArn: context.invokedFunctionArn });
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

/** Nobody else can request a check before this one is settled, so what results that arrived meanwhile need is requested here. */
async function settleAndRecheck(deps: ShutdownDeps, item: RequestItem, run: ShutdownRun): Promise<void> {
  const { req_id: reqId } = item;
  const checkInMs = await settle(deps, item, run.remainingMs);
  if (checkInMs !== undefined && checkInMs > 0) await checkLater(deps, reqId, checkInMs, run);
  await deps.settlements.clear(reqId);
  // Requested as others do, so that nobody else does while it goes on.
  if (checkInMs === 0 || (await isSettleableNow(deps, reqId))) await deps.settlements.requestSettlement(reqId);
}

async function isSettleableNow({ requests, progress }: ShutdownDeps, reqId: string): Promise<boolean> {
  const item = await requests.get(reqId);
  if (item?.active === undefined) return false;
  const { count } = await progress.count(reqId);
  return isSettleable(item, count);
}

/** Has the request checked again after a delay. A run that ends before the check is invoked is repeated by Lambda. */
async function checkLater(deps: ShutdownDeps, reqId: string, delayMs: number, run: ShutdownRun): Promise<void> {
  if (delayMs <= MAX_SLEEP_MS && run.remainingMs() >= delayMs) {
    await deps.sleep(delayMs);
    await deps.shutdown.invoke(reqId);
    return;
  }
  // A schedule whose time has passed when it is created would be refused.
  const at = deps.now() + Math.max(delayMs, MAX_SLEEP_MS);
  await deps.checkSchedule.set(reqId, at, { functionArn: run.functionArn, roleArn: deps.scheduleRoleArn });
}
