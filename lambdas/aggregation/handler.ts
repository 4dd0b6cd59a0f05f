import type { Logger } from "@aws-lambda-powertools/logger";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { Looks } from "../../aws/looks.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { OnUnreadable } from "../../domain/telemetry/unreadable.ts";
import { countedLines } from "./counted-lines.ts";
import { progressOfBatch, streamBatchSchema } from "./progress-of-batch.ts";

export interface AggregationDeps {
  readonly requests: Pick<RequestTable, "get" | "addProgress">;
  readonly looks: Pick<Looks, "ask">;
  readonly deadLetters: Pick<DeadLetterQueue, "bury">;
  readonly onUnreadable: OnUnreadable;
  readonly logger: Pick<Logger, "info">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/** Adds each batch of results to its requests' counters, and asks for the recount when a request's are complete. */
export function createHandler(deps: AggregationDeps) {
  return async (event: unknown): Promise<void> => {
    const { progress, invalid } = progressOfBatch(streamBatchSchema.parse(event).Records);
    const counted: typeof progress = [];
    for (const part of progress) {
      const { reqId, at, token, count, size, failed } = part;
      const changes = count !== 0 || size !== 0 || failed !== 0;
      if (changes && !(await deps.requests.addProgress(reqId, { count, size, failed }, at, token))) continue;
      if (changes) counted.push(part);
      const item = await deps.requests.get(reqId);
      if (item?.active === undefined || item.total_count === 0) continue;
      if (item.download_count >= item.total_count) await deps.looks.ask(item);
    }
    // Set aside, not thrown: that would hold up the others, and the recount finds what the counters miss.
    for (const { record, key, problem } of invalid) {
      deps.onUnreadable({ kind: "stream record", key, problem });
      await deps.deadLetters.bury(JSON.stringify(record), problem);
    }
    // Last: a batch that fails is tried again, and its metrics would count twice.
    for (const part of counted) for (const line of countedLines(deps.namespace, part)) deps.logger.info(...line);
  };
}
