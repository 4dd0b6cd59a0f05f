import type { ProgressTable } from "../../aws/progress-table.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { withMetrics } from "../../domain/metrics.ts";
import { counterShardOf, inBlocks } from "../../domain/plan/counter-shards.ts";
import { isSettleable } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import { type FailureReason, metricReasonOf } from "../../domain/result/failure.ts";
import { type BatchProgress, progressOfBatch, streamBatchSchema } from "./batch.ts";
import type { AggregationDeps } from "./deps.ts";

/** Requests whose items a process caches. By default, fewer are active at a time. */
const MAX_CACHED_REQUESTS = 50;
/** Readers need this time only to the minute. */
const LAST_RESULT_WRITE_INTERVAL_MS = 2_000;

/** Adds each batch of results to its requests' counters, and requests a settlement check when a request's say that it is over. */
export function createHandler(deps: AggregationDeps) {
  const cachedRequests = new Map<string, RequestCounters>();
  return async (event: unknown): Promise<void> => {
    const { progress, invalid } = progressOfBatch(streamBatchSchema.parse(event).Records);
    const counted: typeof progress = [];
    for (const part of progress) {
      const request = await requestOf(deps, cachedRequests, part.reqId);
      if (request === undefined) continue;
      if (part.pops.size > 0) {
        await request.count(part);
        await request.writeLastResultTime(part);
        await request.noteExamples(part);
        counted.push(part);
      }
      // Read after its own are written: of two batches that end at once, the later sees both.
      const { count: all } = await deps.progress.count(part.reqId);
      await requestSettlement(deps, part, request.item, all);
    }
    // Set aside, not thrown: that would hold up the others, and the recount finds what the counters miss.
    for (const { record, key, problem } of invalid) {
      deps.onUnparseable({ kind: "stream record", key, problem });
      await deps.failedBatches.send(JSON.stringify(record), problem).catch((error: unknown) =>
        deps.logger.warn("Moving a stream record to the dead-letter queue failed", {
          key,
          error: errorFields(error),
        }),
      );
    }
    // Last: a batch that fails is tried again, and its metrics would count twice.
    for (const part of counted) for (const line of countedLines(deps.namespace, part)) deps.logger.info(...line);
  };
}

/** Items have kilobytes, and each batch needs the same part of them. Undefined: its results do not count, for it has ended or has no tasks. */
async function requestOf(
  { requests, progress }: AggregationDeps,
  cachedRequests: Map<string, RequestCounters>,
  reqId: string,
): Promise<RequestCounters | undefined> {
  const known = cachedRequests.get(reqId);
  if (known !== undefined) return known;
  const item = await requests.get(reqId);
  if (item?.active === undefined || item.total_count === 0) return undefined;
  const request = new RequestCounters(progress, item);
  cachedRequests.set(reqId, request);
  for (const oldest of cachedRequests.keys())
    if (cachedRequests.size > MAX_CACHED_REQUESTS) cachedRequests.delete(oldest);
  return request;
}

/** What a process adds to the counters of a request, and remembers of it from batch to batch. */
export class RequestCounters {
  /** No more of the item than is used: it may have kilobytes of headers, and secrets in them. */
  readonly item;
  /** The index of each of its POPs in its list. */
  private readonly popIndexOf: ReadonlyMap<string, number>;
  /** When its newest result was written, as far as this process has noted it: milliseconds since the epoch. */
  private lastResultAt = Number.NEGATIVE_INFINITY;
  /** Reasons of failures of which this process has noted examples. */
  private readonly reasonsWithExamples = new Set<FailureReason>();

  /** @param item as it was when its totals were known */
  constructor(
    private readonly progress: ProgressTable,
    { req_id, total_count, expire_at, max_failures, pops }: RequestItem,
  ) {
    this.item = { req_id, total_count, expire_at, max_failures };
    this.popIndexOf = new Map(pops.map((pop, n) => [pop, n]));
  }

  async count({ token, total, pops, uncompressed, failures: byReason }: BatchProgress): Promise<void> {
    const { req_id, total_count, expire_at } = this.item;
    const [shard, blocks] = [counterShardOf(token, total_count), inBlocks(pops, this.popIndexOf)];
    // POPs by their indexes, which take a few bytes each.
    const failures = new Map(
      [...byReason].map(([reason, { tasks, pops }]) => [
        reason,
        { tasks, pops: [...pops].flatMap((pop) => this.popIndexOf.get(pop) ?? []) },
      ]),
    );
    await this.progress.add(req_id, { total, shard, blocks, uncompressed, failures }, token, expire_at);
  }

  /** Stores the time of a request's newest result. Not with each batch: it is a write of its own. */
  async writeLastResultTime({ at }: BatchProgress): Promise<void> {
    if (at - this.lastResultAt < LAST_RESULT_WRITE_INTERVAL_MS) return;
    await this.progress.putLastResultTime(this.item.req_id, at, this.item.expire_at);
    this.lastResultAt = at;
  }

  /** Keeps a few examples of each reason of failures: those of the first batch that has any. Each costs one write a process. */
  async noteExamples({ failures }: BatchProgress): Promise<void> {
    for (const [reason, { examples }] of failures) {
      if (examples.length === 0 || this.reasonsWithExamples.has(reason)) continue;
      await this.progress.putFailureExamples(this.item.req_id, reason, examples, this.item.expire_at);
      this.reasonsWithExamples.add(reason);
    }
  }
}

/** The request itself is read only if the counters say that it is over: every task has a result, or too many have failed. */
async function requestSettlement(
  deps: AggregationDeps,
  { reqId, token }: BatchProgress,
  cachedItem: RequestCounters["item"],
  counted: Count,
): Promise<void> {
  if (!isSettleable(cachedItem, counted)) return;
  const item = await deps.requests.get(reqId);
  if (item?.active === undefined || !isSettleable(item, counted)) return;
  await deps.settlements.requestSettlement(item.req_id, token);
}

/** What is logged of a request's part of a batch that was counted: message and fields. CloudWatch makes metrics of them. */
function* countedLines(namespace: string, progress: BatchProgress): Generator<[string, Record<string, unknown>]> {
  const { reqId: req_id, total, durations, failures } = progress;
  const counted = { Tasks: total.download_count, Bytes: total.transferred_bytes, FailedTasks: total.failed_count };
  const timed = durations.length === 0 ? counted : { ...counted, TaskDuration: durations };
  yield ["Results counted", { req_id, ...withMetrics(namespace, timed) }];
  for (const [reason, { tasks: FailedTasks }] of failures) {
    // A failure that was written twice.
    if (FailedTasks === 0) continue;
    yield ["Tasks failed", { req_id, ...withMetrics(namespace, { FailedTasks }, { reason: metricReasonOf(reason) }) }];
  }
}
