import type { Logger } from "@aws-lambda-powertools/logger";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { BatchCount, ProgressTable } from "../../aws/progress-table.ts";
import type { RequestReader } from "../../aws/request-table.ts";
import type { SettlementQueue } from "../../aws/settlement-queue.ts";
import { errorFields, type OnUnreadable } from "../../domain/log-fields.ts";
import { withMetrics } from "../../domain/metrics.ts";
import { inBlocks, stripeOf } from "../../domain/plan/counter-shards.ts";
import { isSettleable } from "../../domain/request/lifecycle.ts";
import type { Count } from "../../domain/result/count.ts";
import { metricReasonOf } from "../../domain/result/failure.ts";
import { type BatchProgress, progressOfBatch, streamBatchSchema } from "./batch.ts";
import { type CountedRequest, CountedRequests, FailureExamples, LastMoves, Minutes } from "./requests.ts";

export interface AggregationDeps {
  readonly requests: Pick<RequestReader, "get">;
  readonly progress: Pick<ProgressTable, "add" | "moved" | "count" | "exemplify" | "began">;
  readonly settlements: Pick<SettlementQueue, "requestSettlement">;
  readonly deadLetters: Pick<DeadLetterQueue, "bury">;
  readonly onUnreadable: OnUnreadable;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/** Adds each batch of results to its requests' counters, and asks for the recount when a request's say that it is over. */
export function createHandler(deps: AggregationDeps) {
  const requests = new CountedRequests(deps.requests);
  const moves = new LastMoves(deps.progress);
  const examples = new FailureExamples(deps.progress);
  const minutes = new Minutes(deps.progress);
  return async (event: unknown): Promise<void> => {
    const { progress, invalid } = progressOfBatch(streamBatchSchema.parse(event).Records);
    const counted: typeof progress = [];
    for (const part of progress) {
      const request = await requests.get(part.reqId);
      if (request === undefined) continue;
      const adds = part.pops.size > 0;
      if (adds) {
        await count(deps, part, request);
        await moves.note(part, request.expire_at);
        if (part.failures.size > 0) await examples.note(part, request.expire_at);
        counted.push(part);
      }
      // Read after its own are written: of two batches that end at once, the later sees both.
      const { count: all } = await deps.progress.count(part.reqId);
      await askIfOver(deps, part, request, all);
      if (adds) await minutes.note(part, all, Date.now(), request.expire_at);
    }
    // Set aside, not thrown: that would hold up the others, and the recount finds what the counters miss.
    for (const { record, key, problem } of invalid) {
      deps.onUnreadable({ kind: "stream record", key, problem });
      const error = await deps.deadLetters.bury(JSON.stringify(record), problem);
      if (error !== undefined) deps.logger.warn("Burying a stream record failed", { key, error: errorFields(error) });
    }
    // Last: a batch that fails is tried again, and its metrics would count twice.
    for (const part of counted) for (const line of countedLines(deps.namespace, part)) deps.logger.info(...line);
  };
}

async function count(
  { progress }: AggregationDeps,
  { reqId, token, total, pops, uncompressed, failures }: BatchProgress,
  { total_count, expire_at, numberOf }: CountedRequest,
): Promise<void> {
  const batch = { total, stripe: stripeOf(token, total_count), blocks: inBlocks(pops, numberOf), uncompressed };
  if (failures.size === 0) await progress.add(reqId, batch, token, expire_at);
  else await progress.add(reqId, { ...batch, failures: byReason(failures, numberOf) }, token, expire_at);
}

/** What counts of a batch's failures: POPs by their numbers, which take a few bytes each. */
function byReason(
  failures: BatchProgress["failures"],
  numberOf: ReadonlyMap<string, number>,
): NonNullable<BatchCount["failures"]> {
  return new Map(
    [...failures].map(([reason, { tasks, pops }]) => [
      reason,
      { tasks, pops: [...pops].flatMap((pop) => numberOf.get(pop) ?? []) },
    ]),
  );
}

/** The request itself is read only if the counters say that it is over: every task has a result, or too many have failed. */
async function askIfOver(
  deps: AggregationDeps,
  { reqId, token }: BatchProgress,
  request: CountedRequest,
  counted: Count,
): Promise<void> {
  if (!isSettleable(request, counted)) return;
  const item = await deps.requests.get(reqId);
  if (item?.active === undefined || !isSettleable(item, counted)) return;
  await deps.settlements.requestSettlement(item, token);
}

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
