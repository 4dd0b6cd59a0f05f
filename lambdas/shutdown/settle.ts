import type { Count, Ledger, PlannedTask } from "../../domain/plan/ledger.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { distributionOf, hostToAsk } from "../../domain/request/distribution.ts";
import { listKeys } from "../../domain/request/list-keys.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { decideSettlement } from "../../domain/request/settlement.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import { popUrlKey, type TaskResult, taskKey } from "../../domain/result/task-result.ts";
import type { ShutdownDeps } from "./deps.ts";
import { recount } from "./recount.ts";

/** How many results are written at a time when missing tasks are given up. */
const CHUNK = 1_000;

/**
 * Recounts an active request, and ends it if its tasks are done or its time is up; otherwise it goes on, with what is
 * lost queued again. The report stands before the status says so.
 */
export async function settle(deps: ShutdownDeps, item: RequestItem, timeIsUp: boolean): Promise<void> {
  if (timeIsUp) {
    // No instance waits for the recount, which may take minutes, or fail.
    await deps.requests.setInstanceCount(item.req_id, 0);
    await deps.capacity.follow();
  }
  // Before the recount: what is finished while it goes on would seem lost when the queue is empty after it.
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
  const report = listKeys.report(item.req_id);
  switch (settlement) {
    case "FINISH":
      await deps.requests.end(item.req_id, "FINISHED", { ...count, report });
      return;
    case "TIME_OUT":
      await deps.requests.end(item.req_id, "TIMEOUT", { ...count, report });
      return;
    case "REQUEUE":
      await deps.queue.send(messagesFor(item, ledger));
      await goOn(deps, item, count, { requeues: item.requeues + 1 });
      return;
    case "GIVE_UP":
      await giveUp(deps, item, ledger);
      // Every task has a result now. The recount says so at once, and again if this run does not come to it.
      return settle(deps, item, timeIsUp);
    case "GO_ON":
      await goOn(deps, item, count);
  }
}

/**
 * Lets the request go on with the recount as its counters, unless they have moved meanwhile. Asks for another recount
 * if they have reached the total: nobody could, while this one was due.
 */
async function goOn(deps: ShutdownDeps, item: RequestItem, count: Count, fields: { requeues?: number } = {}) {
  const { req_id: reqId, download_count: asRead } = item;
  if (!(await deps.requests.goOn(reqId, { ...fields, ...count }, asRead))) await deps.requests.goOn(reqId, fields);
  const after = await deps.requests.get(reqId);
  if (after?.active !== undefined && after.download_count >= after.total_count && after.total_count > 0) {
    await deps.requests.askToSettle(reqId);
  }
}

function* messagesFor(item: RequestItem, ledger: Ledger): Generator<TaskMessage> {
  for (const { target, row } of ledger.missing()) {
    const [url = "", bytes = ""] = row;
    const parsed = new URL(url);
    const distribution = distributionOf(item.distributions, parsed.hostname);
    yield {
      req_id: item.req_id,
      pop: target.pop,
      ips: target.ips,
      host: distribution === undefined ? parsed.host : hostToAsk(distribution, parsed),
      header: item.header,
      shards: item.shards,
      urls: [{ url, bytes: bytes === "" ? null : Number(bytes) }],
    };
  }
}

/** Writes failed results for what no agent ever finished. */
async function giveUp(deps: ShutdownDeps, item: RequestItem, ledger: Ledger): Promise<void> {
  let chunk: TaskResult[] = [];
  for (const task of ledger.missing()) {
    chunk.push(lostResult(item, task));
    if (chunk.length === CHUNK) {
      await deps.results.putIfAbsent(chunk);
      chunk = [];
    }
  }
  await deps.results.putIfAbsent(chunk);
}

function lostResult(item: RequestItem, { target, row: [url = ""] }: PlannedTask): TaskResult {
  const popUrl = popUrlKey(target.pop, url);
  return {
    task_key: taskKey(item.req_id, popUrl, item.shards),
    pop_url: popUrl,
    req_id: item.req_id,
    pop: target.pop,
    url,
    ok: false,
    bytes: 0,
    ms: 0,
    attempts: 0,
    reason: "lost",
    error: `lost: no agent finished it, though it was queued ${item.requeues + 1} times`,
    expire_at: item.expire_at,
  };
}
