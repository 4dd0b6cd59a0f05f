import type { AskedLooks } from "../../aws/asked-looks.ts";
import type { Looks } from "../../aws/looks.ts";
import type { RequestReader } from "../../aws/request-reader.ts";
import { seemsOver } from "../../domain/request/max-failures.ts";
import { liveCount } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { isTerminal } from "../../domain/request/status.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import { type CheckLaterDeps, checkLater, type ShutdownRun } from "./check-later.ts";
import { type SettleDeps, settle } from "./settle.ts";
import { type WindDownDeps, windDown } from "./wind-down.ts";

export interface LookDeps extends SettleDeps, WindDownDeps, CheckLaterDeps {
  readonly requests: SettleDeps["requests"] & WindDownDeps["requests"] & Pick<RequestReader, "get">;
  readonly progress: SettleDeps["progress"] & WindDownDeps["progress"];
  readonly results: SettleDeps["results"] & WindDownDeps["results"];
  readonly queue: SettleDeps["queue"] & WindDownDeps["queue"];
  readonly logger: SettleDeps["logger"] & WindDownDeps["logger"];
  readonly asked: Pick<AskedLooks, "answered">;
  readonly checkSchedule: WindDownDeps["checkSchedule"] & CheckLaterDeps["checkSchedule"];
  readonly looks: Pick<Looks, "ask">;
}

/**
 * Looks at one request: settles an active one, winds down one that has ended and was not closed. Two looks of the same
 * request at the same time do no harm. What is more than one run can do goes on with the next look, which is asked for.
 * @returns false if it was deleted by hand or cannot be read
 */
export async function lookAt(deps: LookDeps, reqId: string, run: ShutdownRun): Promise<boolean> {
  const item = await deps.requests.get(reqId);
  if (item === undefined) {
    // If it has ended, nobody need look at it again.
    await deps.requests.close(reqId, {});
    return false;
  }
  if (item.active !== undefined) await settleAndAnswer(deps, item, run);
  else if (isTerminal(item.status) && !item.closed && !(await windDown(deps, item, run.left)))
    await deps.shutdown.invoke(reqId);
  return true;
}

/** Nothing can be counted of it, but the fleet must not outlive it. */
export async function endUnreadable(deps: LookDeps, reqId: string): Promise<void> {
  await deps.requests.end(reqId, "TIMEOUT", { reason: "The request's item could not be read" });
  await deps.capacity.follow();
}

/** Results that came during the look could not ask for another one: their turn comes now. */
async function settleAndAnswer(deps: LookDeps, item: RequestItem, run: ShutdownRun): Promise<void> {
  const { req_id: reqId } = item;
  const settled = await settle(deps, item, deps.now() >= parseTimestamp(item.timeout_at).getTime(), run.left);
  if (settled.checkInMs !== undefined) await checkLater(deps, reqId, settled.checkInMs, run);
  await deps.asked.answered(reqId);
  // Asked for as others do, so that nobody else asks while it goes on.
  if (!settled.isDone) return void (await deps.looks.ask(item));
  const after = await deps.requests.get(reqId);
  if (after?.active === undefined || after.total_count === 0) return;
  const { count } = await deps.progress.count(reqId);
  if (seemsOver(after, liveCount(after, count))) await deps.looks.ask(after);
}
