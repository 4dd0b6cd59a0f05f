import type { Logger } from "@aws-lambda-powertools/logger";
import type { RequestTable } from "../../aws/request-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { Count, Ledger } from "../../domain/plan/ledger.ts";
import { messagesOf } from "../../domain/plan/messages.ts";
import { unfinishedResult } from "../../domain/plan/unfinished.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { decideSettlement, type Settlement } from "../../domain/request/settlement.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import { lostFailure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Capacity } from "../capacity.ts";
import { ListLostError } from "./good-urls.ts";
import { type RecountDeps, recount } from "./recount.ts";

/** A task that is queued again travels alone: if it is what makes its message fail, it fails no others. */
const URLS_PER_MESSAGE = 1;
/** How many results are written at a time when missing tasks are given up. */
const CHUNK = 1_000;

export interface SettleDeps extends RecountDeps {
  readonly requests: Pick<RequestTable, "get" | "end" | "goOn" | "askToSettle" | "setInstanceCount">;
  readonly results: RecountDeps["results"] & Pick<RequestTaskTable, "putIfAbsent">;
  readonly queue: Pick<TaskQueue, "depth" | "send">;
  readonly capacity: Pick<Capacity, "follow">;
  readonly logger: Pick<Logger, "info">;
}

/**
 * Recounts an active request, and ends it if its tasks are done or its time is up; otherwise it goes on, with what is
 * lost queued again. The report stands before the status says so.
 */
export async function settle(deps: SettleDeps, item: RequestItem, timeIsUp: boolean): Promise<void> {
  try {
    await settleOrGiveUp(deps, item, timeIsUp);
  } catch (error) {
    if (!(error instanceof ListLostError)) throw error;
    // It would fail again each time, and the request would stay active for ever.
    await deps.requests.end(item.req_id, timeIsUp ? "TIMEOUT" : "FAILED", { reason: error.message });
  }
}

async function settleOrGiveUp(deps: SettleDeps, item: RequestItem, timeIsUp: boolean): Promise<void> {
  if ((await settleOnce(deps, item, timeIsUp)) !== "GIVE_UP") return;
  // Every task has a result now, so this recount ends the request. If this run does not come to it, another does.
  if ((await settleOnce(deps, item, timeIsUp)) !== "GIVE_UP") return;
  // What is counted cannot reach the total: a result stands there that cannot be read, or the total is wrong.
  deps.logger.info("Tasks were given up and still do not count", { req_id: item.req_id });
  await deps.requests.goOn(item.req_id, {});
}

async function settleOnce(deps: SettleDeps, item: RequestItem, timeIsUp: boolean): Promise<Settlement> {
  if (timeIsUp) {
    // First of all: the recount may take minutes or fail, and no instance should wait for it.
    await deps.requests.setInstanceCount(item.req_id, 0);
    await deps.capacity.follow();
  }
  // Before the recount. A task that is finished during it is not in its count: with the queue empty afterwards, it would
  // seem lost.
  const depth = await deps.queue.depth();
  const ledger = await recount(deps, item);
  const count = ledger.count();
  const settlement = decideSettlement({
    total: item.total_count,
    counted: count.download_count,
    timeIsUp,
    messages: depth.available + depth.inFlight,
    requeues: item.requeues,
    allQueued: item.status === "IN_PROGRESS",
    stillForMs: Date.now() - parseTimestamp(item.last_update_time).getTime(),
  });
  deps.logger.info("Recounted", { req_id: item.req_id, settlement, total: item.total_count, ...count });
  const report = LISTS.report.key(item.req_id);
  switch (settlement) {
    case "FINISH":
      await deps.requests.end(item.req_id, "FINISHED", { ...count, report });
      break;
    case "TIME_OUT":
      await deps.requests.end(item.req_id, "TIMEOUT", { ...count, report });
      break;
    case "REQUEUE":
      await deps.queue.send(messagesOf(item, ledger.missing(), URLS_PER_MESSAGE));
      await goOn(deps, item, count, { requeues: item.requeues + 1 });
      break;
    case "GIVE_UP":
      await giveUp(deps, item, ledger);
      break;
    case "GO_ON":
      await goOn(deps, item, count);
  }
  return settlement;
}

/**
 * Lets the request go on with the recount as its counters, unless they have moved meanwhile. Asks for another recount
 * if they have reached the total: Aggregation could not, while this one was due.
 */
async function goOn(deps: SettleDeps, item: RequestItem, count: Count, fields: { requeues?: number } = {}) {
  const { req_id: reqId, download_count: asRead } = item;
  if (!(await deps.requests.goOn(reqId, { ...fields, ...count }, asRead))) await deps.requests.goOn(reqId, fields);
  const after = await deps.requests.get(reqId);
  if (after?.active !== undefined && after.download_count >= after.total_count && after.total_count > 0) {
    await deps.requests.askToSettle(reqId);
  }
}

/** Writes failed results for what no agent ever finished. */
async function giveUp(deps: SettleDeps, item: RequestItem, ledger: Ledger): Promise<void> {
  const failure = lostFailure(item.requeues + 1);
  let chunk: TaskResult[] = [];
  for (const task of ledger.missing()) {
    chunk.push(unfinishedResult(item, task, failure));
    if (chunk.length === CHUNK) {
      await deps.results.putIfAbsent(chunk);
      chunk = [];
    }
  }
  await deps.results.putIfAbsent(chunk);
}
