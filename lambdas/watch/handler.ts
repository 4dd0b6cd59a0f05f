import type { Logger } from "@aws-lambda-powertools/logger";
import type { Fleet } from "../../aws/fleet.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import { withMetrics } from "../../domain/telemetry/metrics.ts";
import type { SafetyNet } from "./safety-net.ts";

export interface WatchDeps {
  readonly requests: Pick<RequestTable, "active">;
  readonly fleet: Pick<Fleet, "state">;
  readonly safetyNet: Pick<SafetyNet, "recountForgotten">;
  readonly logger: Pick<Logger, "info">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/**
 * Compares the fleet with the active requests, every few minutes, and logs the figures in one line, of which CloudWatch
 * makes metrics. Then it asks for a recount of forgotten requests. It ends no instances: an alarm tells somebody of those
 * that outlive their work. The line of an idle stack has no metrics, because each is paid for in every hour in which it
 * has a value.
 */
export function createHandler({ requests, fleet, safetyNet, logger, namespace }: WatchDeps) {
  return async (): Promise<void> => {
    const active = await requests.active();
    const { wanted, instances, inService } = await fleet.state();
    const values = {
      ActiveRequests: active.length,
      Instances: instances,
      WantedInstances: wanted,
      MissingInstances: Math.max(0, wanted - inService),
      OrphanInstances: active.length === 0 ? instances : 0,
      StuckRequests: 0,
    };
    const atRest = active.length === 0 && wanted === 0 && instances === 0;
    logger.info("Fleet and work", atRest ? values : withMetrics(namespace, values));
    for (const reqId of await safetyNet.recountForgotten(active, new Date()))
      logger.info("Request was forgotten, a recount is asked for", { req_id: reqId });
  };
}
