import type { Logger } from "@aws-lambda-powertools/logger";
import { withoutQueries } from "../domain/telemetry/log-fields.ts";
import { withMetrics } from "../domain/telemetry/metrics.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";

// Used by every function that reads what others stored: aggregation, api, get-size, shutdown, task, watch.

/** Logs what cannot be read, with its key, and counts it as the metric `Unreadable`. @param namespace of the metric */
export function reportUnreadable(logger: Pick<Logger, "warn">, namespace: string): OnUnreadable {
  return ({ kind, key, problem }) => {
    const counted = withMetrics(namespace, { Unreadable: 1 });
    logger.warn("Passed over what cannot be read", { kind, key: withoutQueries(key), problem, ...counted });
  };
}
