import { errorFields } from "../../domain/log-fields.ts";
import { withMetrics } from "../../domain/metrics.ts";
import { ACTIVE_STATES, isStalled, observe, waitsForInstances } from "../../domain/request/lifecycle.ts";
import { eachRequest } from "../../domain/request/progress.ts";
import { readDeadLetters } from "./dead-letters.ts";
import type { WatchDeps, WatchRun } from "./deps.ts";
import { requestCleanups, requestOverdue, requestSettlements, restartSteps } from "./stalled-requests.ts";

/** Called every minute. Dead letters come last: there may be many of them, and they are read whatever fails before. */
export function createHandler(deps: WatchDeps) {
  return async (_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    try {
      await watch(deps);
    } finally {
      await readDeadLetters(deps, () => context.getRemainingTimeInMillis());
    }
  };
}

/**
 * Logs the state of the fleet, requests the settlement of stalled requests, restarts stalled steps and records missing instances. It ends
 * no instances: an alarm tells somebody of those that outlive their work. A request for which something fails holds up no other.
 * @throws AggregateError once the others are done
 */
async function watch(deps: WatchDeps): Promise<void> {
  const errors: unknown[] = [];
  const onFailure = (reqId: string, error: unknown) => {
    deps.logger.warn("Watching a request failed", { req_id: reqId, error: errorFields(error) });
    errors.push(error);
  };
  const active = await deps.requests.readActive();
  const { progress, timings } = deps;
  const run = { active, observed: await observe({ progress, timings }, active, Date.now, onFailure), onFailure };
  await requestOverdue(deps, run);
  const missingInstances = await logFleetMetrics(deps, run);
  await restartSteps(deps, run);
  await requestCleanups(deps, run);
  await requestSettlements(deps, run);
  // Last: nothing depends on it but a warning.
  await recordMissingInstances(deps, run, missingInstances);
  if (errors.length > 0)
    throw new AggregateError(errors, `Watching failed for ${errors.length} requests; the log names them`);
}

/**
 * Compares the fleet with the active requests and logs the figures in one line, of which CloudWatch makes metrics. The line of an idle
 * stack has no metrics, because each is paid for in every hour in which it has a value.
 * @returns how many instances are wanted and not in service
 */
async function logFleetMetrics(deps: WatchDeps, { active, observed }: WatchRun): Promise<number> {
  const { fleet, logger, namespace } = deps;
  const { wanted, instances, inService } = await fleet.state();
  const missing = Math.max(0, wanted - inService);
  const stalled = active.filter((item) => isStalled(item, observed, inService));
  const values = {
    ActiveRequests: active.length,
    Instances: instances,
    WantedInstances: wanted,
    MissingInstances: missing,
    OrphanInstances: active.length === 0 ? instances : 0,
    StuckRequests: stalled.length,
  };
  const atRest = active.length === 0 && wanted === 0 && instances === 0;
  logger.info("Fleet status", atRest ? values : withMetrics(namespace, values));
  return missing;
}

/** @param missing instances */
async function recordMissingInstances(
  { requests }: WatchDeps,
  { active, observed, onFailure }: WatchRun,
  missing: number,
): Promise<void> {
  await eachRequest(active, onFailure, async (item) => {
    const count = waitsForInstances(item) ? missing : 0;
    const { missing_instances: recorded } = item;
    if (count === (recorded?.count ?? 0)) return;
    const since = recorded?.since ?? observed.now;
    await requests.updateQuietly(item.req_id, ACTIVE_STATES, {
      missing_instances: count > 0 ? { count, since } : undefined,
    });
  });
}
