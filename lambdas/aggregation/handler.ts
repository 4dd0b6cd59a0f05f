import type { Logger } from "@aws-lambda-powertools/logger";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { ProgressTable } from "../../aws/progress-table.ts";
import type { RequestReader } from "../../aws/request-table.ts";
import type { SettlementQueue } from "../../aws/settlement-queue.ts";
import { errorFields, type OnUnreadable } from "../../domain/log-fields.ts";
import { withMetrics } from "../../domain/metrics.ts";
import { counterShardOf, inBlocks } from "../../domain/plan/counter-shards.ts";
import { isSettleable } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { minuteOf } from "../../domain/request/samples.ts";
import { type Count, minus } from "../../domain/result/count.ts";
import { type FailureReason, metricReasonOf } from "../../domain/result/failure.ts";
import { type BatchProgress, progressOfBatch, streamBatchSchema } from "./batch.ts";

export interface AggregationDeps {
  readonly requests: RequestReader;
  readonly progress: ProgressTable;
  readonly settlements: SettlementQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly onUnreadable: OnUnreadable;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/** What a process remembers of a request from batch to batch. */
export interface CountedRequest {
  /** As it was when its totals were known. */
  readonly item: RequestItem;
  /** Where each of its POPs stands in its list. */
  readonly numberOf: ReadonlyMap<string, number>;
  /** When its newest result was written, as far as this process has noted it: milliseconds since the epoch. */
  movedAt: number;
  /** The number of the last minute whose beginning this process has noted. */
  minute: number;
  /** Reasons of failures of which this process has noted examples. */
  readonly exemplified: Set<FailureReason>;
}

/** There are fewer active requests at a time. */
const MAX_REMEMBERED = 50;
/** Whoever asks how long a request has stood still counts in minutes. */
const MOVES_EVERY_MS = 2_000;

/** Adds each batch of results to its requests' counters, and requests a settlement check when a request's say that it is over. */
export function createHandler(deps: AggregationDeps) {
  const remembered = new Map<string, CountedRequest>();
  return async (event: unknown): Promise<void> => {
    const { progress, invalid } = progressOfBatch(streamBatchSchema.parse(event).Records);
    const counted: typeof progress = [];
    for (const part of progress) {
      const request = await requestOf(deps, remembered, part.reqId);
      if (request === undefined) continue;
      const adds = part.pops.size > 0;
      if (adds) {
        await count(deps, part, request);
        await noteMove(deps, part, request);
        await noteExamples(deps, part, request);
        counted.push(part);
      }
      // Read after its own are written: of two batches that end at once, the later sees both.
      const { count: all } = await deps.progress.count(part.reqId);
      await requestSettlement(deps, part, request, all);
      if (adds) await noteMinute(deps, part, request, { counted: all, now: Date.now() });
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

/** Items have kilobytes, and each batch needs the same part of them. Undefined: its results do not count, for it has ended or has no tasks. */
async function requestOf(
  { requests }: AggregationDeps,
  remembered: Map<string, CountedRequest>,
  reqId: string,
): Promise<CountedRequest | undefined> {
  const known = remembered.get(reqId);
  if (known !== undefined) return known;
  const item = await requests.get(reqId);
  if (item?.active === undefined || item.total_count === 0) return undefined;
  const request = countedRequest(item);
  remembered.set(reqId, request);
  for (const oldest of remembered.keys()) if (remembered.size > MAX_REMEMBERED) remembered.delete(oldest);
  return request;
}

export function countedRequest(item: RequestItem): CountedRequest {
  const numberOf = new Map(item.pops.map((pop, n) => [pop, n]));
  return { item, numberOf, movedAt: Number.NEGATIVE_INFINITY, minute: Number.NaN, exemplified: new Set() };
}

async function count(
  { progress }: AggregationDeps,
  { reqId, token, total, pops, uncompressed, failures: byReason }: BatchProgress,
  { item, numberOf }: CountedRequest,
): Promise<void> {
  const [shard, blocks] = [counterShardOf(token, item.total_count), inBlocks(pops, numberOf)];
  // POPs by their numbers, which take a few bytes each.
  const failures = new Map(
    [...byReason].map(([reason, { tasks, pops }]) => [
      reason,
      { tasks, pops: [...pops].flatMap((pop) => numberOf.get(pop) ?? []) },
    ]),
  );
  await progress.add(reqId, { total, shard, blocks, uncompressed, failures }, token, item.expire_at);
}

/** Notes when results of a request came last: not with each batch, for it is a write of its own. */
export async function noteMove(
  { progress }: AggregationDeps,
  { reqId, at }: BatchProgress,
  request: CountedRequest,
): Promise<void> {
  if (at - request.movedAt < MOVES_EVERY_MS) return;
  await progress.moved(reqId, at, request.item.expire_at);
  request.movedAt = at;
}

/** Keeps a few examples of each reason of failures: those of the first batch that has any. Each costs one write a process. */
export async function noteExamples(
  { progress }: AggregationDeps,
  { reqId, failures }: BatchProgress,
  { exemplified, item }: CountedRequest,
): Promise<void> {
  for (const [reason, { examples }] of failures) {
    if (examples.length === 0 || exemplified.has(reason)) continue;
    await progress.exemplify(reqId, reason, examples, item.expire_at);
    exemplified.add(reason);
  }
}

/**
 * Notes what was counted when a minute began, with the first batch in it: one write a minute and process. What batches beside
 * this one have added by then is among it, so it may be a second late. A batch that is tried again notes nothing else.
 * @param at what is counted, with the batch, and the time in milliseconds since the epoch
 */
export async function noteMinute(
  { progress }: AggregationDeps,
  { reqId, total }: BatchProgress,
  request: CountedRequest,
  { counted, now }: { readonly counted: Count; readonly now: number },
): Promise<void> {
  const minute = minuteOf(now);
  if (request.minute === minute) return;
  await progress.began(reqId, minute, minus(counted, total), request.item.expire_at);
  request.minute = minute;
}

/** The request itself is read only if the counters say that it is over: every task has a result, or too many have failed. */
async function requestSettlement(
  deps: AggregationDeps,
  { reqId, token }: BatchProgress,
  request: CountedRequest,
  counted: Count,
): Promise<void> {
  if (!isSettleable(request.item, counted)) return;
  const item = await deps.requests.get(reqId);
  if (item?.active === undefined || !isSettleable(item, counted)) return;
  await deps.settlements.requestSettlement(item.req_id, token);
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
