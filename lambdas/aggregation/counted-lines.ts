import { metricReasonOf, withMetrics } from "../../domain/telemetry/metrics.ts";
import type { BatchProgress } from "./progress-of-batch.ts";

/** What is logged of a request's part of a batch that was counted: message and fields. CloudWatch makes metrics of them. */
export function* countedLines(
  namespace: string,
  progress: BatchProgress,
): Generator<[string, Record<string, unknown>]> {
  const { reqId: req_id, total, durations, failures } = progress;
  const counted = { Tasks: total.download_count, Bytes: total.download_size, FailedTasks: total.failed_count };
  const timed = durations.length === 0 ? counted : { ...counted, TaskDuration: durations };
  yield ["Counted", { req_id, ...withMetrics(namespace, timed) }];
  for (const [reason, { tasks: FailedTasks }] of failures) {
    // A failure that was written twice.
    if (FailedTasks === 0) continue;
    yield ["Failed", { req_id, ...withMetrics(namespace, { FailedTasks }, { reason: metricReasonOf(reason) }) }];
  }
}
