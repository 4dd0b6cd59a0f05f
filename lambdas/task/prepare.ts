import pMap from "p-map";
import { errorFields } from "../../domain/log-fields.ts";
import { foreignProblem, invalidateAll } from "../../domain/plan/invalidate.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { Plan, totalsOf } from "../../domain/plan/plan.ts";
import { resolveTargets } from "../../domain/plan/resolve-targets.ts";
import { fanOutGroups, type Target } from "../../domain/plan/target.ts";
import { popsToRecord } from "../../domain/pops/list-pops.ts";
import { planProblem } from "../../domain/request/caps.ts";
import { invalidatingFields } from "../../domain/request/invalidation.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { raiseFleet } from "../runtime.ts";
import type { TaskDeps } from "./deps.ts";

const IN_PARALLEL = 32;

/**
 * CHECK_POP → INSERT_TASK: resolves the POPs, invalidates if asked, and sets the totals. Then it sets a target of
 * each group READY, which starts the fan-out. Each part may be run again after a crash.
 */
export async function prepare(deps: TaskDeps, reqId: string, hasTime: () => boolean): Promise<void> {
  const item = await deps.requests.get(reqId);
  if (item?.status === "CHECK_POP") await checkPops(deps, item, hasTime);
  // Also if checkPops did not advance the request: the call may have succeeded, its answer been lost, and its retry refused.
  await markGroupsReady(deps, reqId);
}

async function checkPops(deps: TaskDeps, item: RequestItem, hasTime: () => boolean): Promise<void> {
  const { req_id: reqId } = item;
  const fail = (reason: string) => deps.requests.end(reqId, "FAIL", { reason });
  const foreign = foreignProblem(item);
  if (foreign !== undefined) {
    await fail(foreign);
    return;
  }
  const targets = await resolveTargets(deps.dns, item);
  const { planned, transferred, ...totals } = await totalsOf(
    new Plan(item, targets),
    deps.lists.read(LISTS.goodUrls, reqId),
  );
  await Promise.all([deps.requestPops.put(planned), recordResolved(deps, reqId, targets)]);
  const resolved = targets.filter(({ state }) => state === "RESOLVED").length;
  // Before the invalidation: a request that is too large changes nothing.
  const problem =
    resolved === 0
      ? `No POP resolved; the first: ${targets[0]?.error}`
      : (planProblem(item, { ...totals, transferred }, deps.caps) ??
        (await deps.requests.countUse(
          item,
          { total_count: totals.total_count, transferred_bytes: transferred },
          deps.caps,
          deps.now(),
        )));
  if (problem !== undefined) {
    await fail(problem);
    return;
  }
  if (invalidatingFields(item) !== "" && !(await invalidateAll(deps, item, hasTime))) return;
  deps.logger.info("POPs resolved", { req_id: reqId, resolved, of: targets.length, ...totals });
  await deps.requests.advance(reqId, "POPS_RESOLVED", { ...totals, targets_total: resolved });
}

async function markGroupsReady(deps: TaskDeps, reqId: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  if (item?.status !== "INSERT_TASK") return;
  // With an invalidation, the group has not been raised yet. Without one, another request that ended at the same moment may have lowered it.
  await raiseFleet(deps);
  const firsts = fanOutGroups(await deps.requestPops.targets(reqId)).map(({ unsent: [first] }) => first);
  const waiting = firsts.filter(({ state }) => state === "RESOLVED");
  await pMap(waiting, ({ target }) => deps.requestPops.startFanOut(reqId, target), { concurrency: IN_PARALLEL });
}

/** Records for GET /pops which POPs have resolved. A failure is logged, and the request goes on. */
async function recordResolved(deps: TaskDeps, reqId: string, targets: readonly Target[]): Promise<void> {
  const resolved = targets.filter(({ state }) => state === "RESOLVED").map(({ pop }) => pop);
  if (resolved.length === 0) return;
  try {
    const now = deps.now();
    const due = popsToRecord(resolved, await deps.progress.resolvedPops(), now);
    if (due.length > 0) await deps.progress.recordResolved(due, now);
  } catch (error) {
    deps.logger.warn("Recording resolved POPs failed", { req_id: reqId, error: errorFields(error) });
  }
}
