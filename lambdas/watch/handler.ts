import type { Logger } from "@aws-lambda-powertools/logger";
import type { Fleet } from "../../aws/fleet.ts";
import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import { eachRequest } from "../../domain/request/each-request.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";
import { withMetrics } from "../../domain/telemetry/metrics.ts";
import { progressOfAll } from "../progress-of-all.ts";
import { type DeadLettersDeps, readDeadLetters } from "./dead-letters.ts";
import type { SafetyNet } from "./safety-net.ts";
import { isStuck } from "./stuck.ts";

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
 * Compares the fleet with the active requests and logs the figures in one line, of which CloudWatch
 * makes metrics. Then it asks for a look at requests that are forgotten. It ends no instances: an alarm tells somebody of
 * those that outlive their work. The line of an idle stack has no metrics, because each is paid for in every hour in which
 * it has a value. A request for which something fails holds up no other.
 * @throws WatchError once the others are done
 */
async function watch({ requests, progress, fleet, safetyNet, patience, logger, namespace }: WatchDeps): Promise<void> {
  const errors: unknown[] = [];
  const onFailure = (reqId: string, error: unknown) => {
    logger.warn("Watching a request failed", { req_id: reqId, error: errorFields(error) });
    errors.push(error);
  };
  const active = await requests.active();
  const ids = active.map(({ req_id }) => req_id);
  const all = await progressOfAll(progress, ids, onFailure);
  const now = new Date();
  const { wanted, instances, inService } = await fleet.state();
  const values = {
    ActiveRequests: active.length,
    Instances: instances,
    WantedInstances: wanted,
    MissingInstances: Math.max(0, wanted - inService),
    OrphanInstances: active.length === 0 ? instances : 0,
    StuckRequests: active.filter((item) => isStuck(item, all.get(item.req_id), inService, now, patience)).length,
  };
  const atRest = active.length === 0 && wanted === 0 && instances === 0;
  logger.info("Fleet and work", atRest ? values : withMetrics(namespace, values));
  for (const reqId of await safetyNet.lookAtForgotten(active, all, now, onFailure))
    logger.info("Request was forgotten, a look is asked for", { req_id: reqId });
  for (const [reqId, what] of await safetyNet.callStepsAgain(active, now, onFailure))
    logger.info("A step came to no end", { req_id: reqId, what });
  for (const reqId of await safetyNet.lookAtUnclosed(now, onFailure))
    logger.info("Request has ended and was not closed, a look is asked for", { req_id: reqId });
  // Last: nothing depends on it but a warning.
  await eachRequest(active, onFailure, async (item) => {
    const count = waitsForInstances(item) ? values.MissingInstances : 0;
    const { missing_instances: noted } = item;
    if (count === (noted?.count ?? 0)) return;
    const missing = { count, since: noted?.since ?? now.getTime() };
    await requests.noteMissingInstances(item.req_id, count > 0 ? missing : undefined);
  });
  if (errors.length > 0) throw new WatchError(errors);
}

/** Whether a request has tasks in the queues, and wants instances that fetch them. */
function waitsForInstances({ status, instance_count }: RequestItem): boolean {
  return (status === "INSERT_TASK" || status === "IN_PROGRESS") && instance_count > 0;
}
