/**
 * Finds requests that do not go on or end by themselves. A request for which this fails is passed to `onFailure` and does not stop the
 * others.
 */
import pMap from "p-map";
import { type FanOutGroup, fanOutGroups } from "../../domain/plan/target.ts";
import { decideRestart, isOverdue, needsCleanup, needsSettlement } from "../../domain/request/lifecycle.ts";
import { eachRequest } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { WatchDeps, WatchRun } from "./deps.ts";

const IN_PARALLEL = 32;

/** Requests a settlement check of each request whose time is up: no progress and no queue decides that. */
export async function requestOverdue(deps: WatchDeps, run: WatchRun): Promise<void> {
  const overdue = run.active.filter((item) => isOverdue(item, run.observed.now));
  await requestEach(deps, run, overdue, "Request overdue; settlement requested");
}

/** Requests a settlement check of each other active request that needs one. */
export async function requestSettlements(deps: WatchDeps, run: WatchRun): Promise<void> {
  const others = run.active.filter((item) => !isOverdue(item, run.observed.now));
  if (others.length === 0) return;
  const observed = { ...run.observed, messages: await deps.queue.messageCount() };
  const stalled = others.filter((item) => needsSettlement(item, observed));
  await requestEach(deps, run, stalled, "Request stalled; settlement requested");
}

/** Requests a settlement check of each request that ended some time ago and still holds something. */
export async function requestCleanups(deps: WatchDeps, run: WatchRun): Promise<void> {
  const closing = await deps.requests.listClosing();
  const due = closing.filter((item) => needsCleanup(item, run.observed.now));
  await requestEach(deps, run, due, "Request not cleaned up; settlement requested");
}

async function requestEach(
  { settlements, logger }: WatchDeps,
  { onFailure }: WatchRun,
  requests: readonly { readonly req_id: string }[],
  message: string,
): Promise<void> {
  await eachRequest(requests, onFailure, async ({ req_id }) => {
    if (await settlements.requestSettlement(req_id)) logger.info(message, { req_id });
  });
}

/** Restarts steps that do not end, and fails requests where that did not help. */
export async function restartSteps(deps: WatchDeps, { active, observed, onFailure }: WatchRun): Promise<void> {
  await eachRequest(active, onFailure, async (item) => {
    const { req_id, status } = item;
    const decision = decideRestart(item, observed.now, deps.timings);
    if (decision === "WAIT") return;
    const failed = decision !== "RESTART_STEP";
    if (!(await (failed ? deps.requests.end(req_id, "FAIL", decision) : restartStep(deps, item)))) return;
    const what = failed ? decision.reason : `${status}: step restarted`;
    deps.logger.info("Step stalled", { req_id, what });
  });
}

/** @returns false when it has moved on, or another run has restarted it */
async function restartStep(deps: WatchDeps, item: RequestItem): Promise<boolean> {
  if (!(await deps.requests.restartStep(item))) return false;
  if (item.status === "EXPANDING" && item.expanded === undefined) await deps.expandFunction.invoke(item.req_id);
  if (item.status === "INSERT_TASK") await restartFanOut(deps, item);
  return true;
}

/**
 * Has Task fan out what is left. Targets are changed, for the request's item starts nothing any more. If all are sent, only the last step
 * is missing: the process that was to do it has died.
 */
async function restartFanOut({ requests, requestPops }: WatchDeps, item: RequestItem): Promise<void> {
  const { req_id: reqId, targets_sent, targets_total, nudges } = item;
  if (targets_sent >= targets_total) {
    await requests.advance(reqId, "TASKS_QUEUED");
    return;
  }
  const start = ({ unsent: [{ target, state }] }: FanOutGroup) =>
    requestPops.startFanOut(reqId, target, state === "READY" ? nudges + 1 : undefined);
  await pMap(fanOutGroups(await requestPops.targets(reqId)), start, { concurrency: IN_PARALLEL });
}
