import type { Logger } from "@aws-lambda-powertools/logger";
import type { Fleet } from "../../aws/fleet.ts";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { withMetrics } from "../../domain/metrics.ts";
import type { Patience } from "../../domain/request/lifecycle.ts";
import type { Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { eachRequest, isStuck, type OnFailure } from "../../domain/request/settlement.ts";
import { progressOfAll } from "../progress-of-all.ts";
import { type DeadLettersDeps, readDeadLetters } from "./dead-letters.ts";
import type { SafetyNet } from "./stalled-requests.ts";

export interface WatchDeps extends DeadLettersDeps {
  readonly requests: DeadLettersDeps["requests"] & Pick<RequestTable, "active" | "noteMissingInstances">;
  readonly progress: Pick<ProgressReader, "of">;
  readonly fleet: Pick<Fleet, "state">;
  readonly safetyNet: Pick<SafetyNet, "lookAtForgotten" | "lookAtUnclosed" | "callStepsAgain">;
  readonly patience: Patience;
  readonly logger: DeadLettersDeps["logger"] & Pick<Logger, "info">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/** Called every few minutes. Dead letters come last: there may be many of them, and they are read whatever fails before. */
export function createHandler(deps: WatchDeps) {
  return async (_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    try {
      await watch(deps);
    } finally {
      await readDeadLetters(deps, () => context.getRemainingTimeInMillis());
    }
  };
}

/** Some requests could not be watched; the next run tries again. */
export class WatchError extends AggregateError {
  override readonly name = "WatchError";
  constructor(errors: readonly unknown[]) {
    super(errors, `Watching failed for ${errors.length} requests; the log names them`);
  }
}

/**
 * Logs the state of the fleet, requests the settlement of stalled requests, restarts stalled steps and records missing instances. It ends
 * no instances: an alarm tells somebody of those that outlive their work. A request for which something fails holds up no other.
 * @throws WatchError once the others are done
 */
async function watch(deps: WatchDeps): Promise<void> {
  const errors: unknown[] = [];
  const onFailure = (reqId: string, error: unknown) => {
    deps.logger.warn("Watching a request failed", { req_id: reqId, error: errorFields(error) });
    errors.push(error);
  };
  const active = await deps.requests.active();
  const ids = active.map(({ req_id }) => req_id);
  const all = await progressOfAll(deps.progress, ids, onFailure);
  const observed: Observed = { active, all, now: new Date(), onFailure };
  const missingInstances = await logFleetMetrics(deps, observed);
  await requestSettlements(deps, observed);
  await restartStalledSteps(deps, observed);
  await requestCleanups(deps, observed);
  // Last: nothing depends on it but a warning.
  await recordMissingInstances(deps, observed, missingInstances);
  if (errors.length > 0) throw new WatchError(errors);
}

/** What one run has read. */
interface Observed {
  readonly active: readonly RequestItem[];
  /** The progress of each active request that could be read. */
  readonly all: ReadonlyMap<string, Progress>;
  readonly now: Date;
  readonly onFailure: OnFailure;
}

/**
 * Compares the fleet with the active requests and logs the figures in one line, of which CloudWatch makes metrics. The line of an idle
 * stack has no metrics, because each is paid for in every hour in which it has a value.
 * @returns how many instances are wanted and not in service
 */
async function logFleetMetrics(
  { fleet, patience, logger, namespace }: WatchDeps,
  { active, all, now }: Observed,
): Promise<number> {
  const { wanted, instances, inService } = await fleet.state();
  const missing = Math.max(0, wanted - inService);
  const values = {
    ActiveRequests: active.length,
    Instances: instances,
    WantedInstances: wanted,
    MissingInstances: missing,
    OrphanInstances: active.length === 0 ? instances : 0,
    StuckRequests: active.filter((item) => isStuck(item, all.get(item.req_id), inService, now, patience)).length,
  };
  const atRest = active.length === 0 && wanted === 0 && instances === 0;
  logger.info("Fleet status", atRest ? values : withMetrics(namespace, values));
  return missing;
}

async function requestSettlements(
  { safetyNet, logger }: WatchDeps,
  { active, all, now, onFailure }: Observed,
): Promise<void> {
  for (const reqId of await safetyNet.lookAtForgotten(active, all, now, onFailure))
    logger.info("Request stalled; settlement requested", { req_id: reqId });
}

async function restartStalledSteps(
  { safetyNet, logger }: WatchDeps,
  { active, now, onFailure }: Observed,
): Promise<void> {
  for (const [reqId, what] of await safetyNet.callStepsAgain(active, now, onFailure))
    logger.info("Step stalled", { req_id: reqId, what });
}

/** Requests the settlement of requests that have ended and still hold something. */
async function requestCleanups({ safetyNet, logger }: WatchDeps, { now, onFailure }: Observed): Promise<void> {
  for (const reqId of await safetyNet.lookAtUnclosed(now, onFailure))
    logger.info("Request not cleaned up; settlement requested", { req_id: reqId });
}

/** @param missing instances */
async function recordMissingInstances(
  { requests }: WatchDeps,
  { active, now, onFailure }: Observed,
  missing: number,
): Promise<void> {
  await eachRequest(active, onFailure, async (item) => {
    const count = waitsForInstances(item) ? missing : 0;
    const { missing_instances: recorded } = item;
    if (count === (recorded?.count ?? 0)) return;
    const since = recorded?.since ?? now.getTime();
    await requests.noteMissingInstances(item.req_id, count > 0 ? { count, since } : undefined);
  });
}

/** Whether a request has tasks in the queues, and wants instances that fetch them. */
function waitsForInstances({ status, instance_count }: RequestItem): boolean {
  return (status === "INSERT_TASK" || status === "IN_PROGRESS") && instance_count > 0;
}
