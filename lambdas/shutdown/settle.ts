import type { Logger } from "@aws-lambda-powertools/logger";
import type { ProgressReader, ProgressTable } from "../../aws/progress-table.ts";
import type { EndingRequestTable, RequestReader } from "../../aws/request-table.ts";
import { allMessages, type TaskQueue } from "../../aws/task-queue.ts";
import { withMetrics } from "../../domain/metrics.ts";
import { UNFINISHED } from "../../domain/plan/task.ts";
import type { Ledger } from "../../domain/plan/task-bitmap.ts";
import { messagesOf, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { Patience } from "../../domain/request/lifecycle.ts";
import { NO_PROGRESS, othersAtWork, type Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import {
  againInMs,
  decideSettlement,
  hasFailedTooOften,
  MAX_REQUEUES,
  type Seen,
  type Settlement,
  settlementFacts,
} from "../../domain/request/settlement.ts";
import { type Count, isNothing, minus } from "../../domain/result/count.ts";
import { errorText, lostFailure } from "../../domain/result/failure.ts";
import type { FailureTally } from "../../domain/result/failure-tally.ts";
import type { Capacity } from "../capacity.ts";
import { progressOfAll } from "../progress-of-all.ts";
import { endingOf } from "./ending.ts";
import { ListLostError } from "./good-urls.ts";
import { forgetRecount, type RecountDeps, type Recounted, recount } from "./recount.ts";

/** Up to so many tasks that are queued again travel alone each: if one makes its message fail, it fails no others. */
const MOST_ALONE = 50_000;
const MOST_TOGETHER = 100;

export interface SettleDeps extends RecountDeps, SeeDeps {
  readonly requests: SeeDeps["requests"] &
    Pick<EndingRequestTable, "end" | "noteEmptyQueue" | "claimRequeue" | "setInstanceCount">;
  readonly progress: SeeDeps["progress"] & Pick<ProgressTable, "count" | "correct">;
  readonly queue: SeeDeps["queue"] & Pick<TaskQueue, "send">;
  readonly capacity: Pick<Capacity, "follow">;
  readonly logger: Pick<Logger, "info">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/** What a settlement came to. */
export interface Settled {
  /** False: the run's time was not enough, and the next check is to go on. */
  readonly isDone: boolean;
  /** After how many milliseconds the request is to be checked again; undefined: whoever sees a need asks for it. */
  readonly checkInMs?: number | undefined;
}

/**
 * Ends an active request if its tasks are done or its time is up; otherwise it goes on, with what is lost queued again. It
 * is counted exactly before anything is done to it. The report stands before the status says so.
 * @param left milliseconds that this run may still take
 */
export async function settle(
  deps: SettleDeps,
  item: RequestItem,
  timeIsUp: boolean,
  left: () => number,
): Promise<Settled> {
  try {
    return await settleOnce(deps, item, timeIsUp, left);
  } catch (error) {
    if (!(error instanceof ListLostError)) throw error;
    // It would fail again each time, and the request would stay active for ever.
    await deps.requests.end(item.req_id, timeIsUp ? "TIMEOUT" : "FAILED", { reason: error.message });
    return { isDone: true };
  }
}

async function settleOnce(
  deps: SettleDeps,
  item: RequestItem,
  timeIsUp: boolean,
  left: () => number,
): Promise<Settled> {
  if (timeIsUp) {
    // First of all: the recount may take minutes or fail, and no instance should wait for it.
    await deps.requests.setInstanceCount(item.req_id, 0);
    await deps.capacity.follow();
  }
  // Before the recount. A task that is finished during it is not in its count: with the queue empty afterwards, it would
  // seem lost.
  const seen = await see(deps, item, timeIsUp);
  const settlementAt = (counted?: Count) =>
    decideSettlement(settlementFacts(item, counted === undefined ? seen : { ...seen, counted }));
  const expected = settlementAt();
  if (expected === "GO_ON" || expected === "LOOK_AGAIN") {
    return { isDone: true, checkInMs: await goOn(deps, item, seen) };
  }
  const whyMissing = (count: Count) =>
    settlementAt(count) === "GIVE_UP" ? lostFailure(item.requeues + 1) : UNFINISHED;
  const recounted = await recount(deps, item, { timeIsUp, left, whyMissing });
  if (recounted === undefined) return { isDone: false };
  const { ledger } = recounted;
  const settlement = settlementAt(ledger.count());
  deps.logger.info("Recounted", { req_id: item.req_id, settlement, total: item.total_count, ...ledger.count() });
  const checkInMs = await act(deps, item, settlement, recounted, seen);
  await forgetRecount(deps, item);
  return { isDone: true, checkInMs };
}

/** @returns after how many milliseconds the request is to be checked again, if so */
async function act(
  deps: SettleDeps,
  item: RequestItem,
  settlement: Settlement,
  recounted: Recounted,
  seen: Seen,
): Promise<number | undefined> {
  const { req_id: reqId } = item;
  const { ledger } = recounted;
  const count = ledger.count();
  switch (settlement) {
    case "FAIL":
      await end(deps, item, "FAILED", recounted, count);
      return undefined;
    case "FINISH":
      await end(deps, item, "FINISHED", recounted, count);
      return undefined;
    case "TIME_OUT":
      await end(deps, item, "TIMEOUT", recounted, count);
      return undefined;
    case "GIVE_UP":
      await giveUp(deps, item, recounted);
      return undefined;
    case "REQUEUE":
      await correct(deps, item, seen.progress, count);
      if (await deps.requests.claimRequeue(reqId, item.requeues)) await queueAgain(deps, item, ledger);
      return undefined;
    default:
      await correct(deps, item, seen.progress, count);
      return goOn(deps, item, { ...seen, counted: count });
  }
}

/** @returns false if it has ended already */
async function end(
  deps: SettleDeps,
  item: RequestItem,
  status: "FINISHED" | "TIMEOUT" | "FAILED",
  recounted: Recounted,
  count: Count,
): Promise<boolean> {
  const ending = await endingOf(deps, item, status, recounted, count);
  const why = status === "FAILED" ? { reason: failedTooOften(item, count, recounted.failures) } : {};
  return deps.requests.end(item.req_id, status, { ...ending, ...why });
}

/** What is missing goes through the lane that it went through before. */
async function queueAgain(deps: SettleDeps, item: RequestItem, ledger: Ledger): Promise<void> {
  const urls = Math.min(MOST_TOGETHER, Math.ceil(ledger.missingCount / MOST_ALONE));
  // The last time nobody waits for anybody: an agent of a release before leaves those behind that wait.
  const tasks = item.requeues + 1 < MAX_REQUEUES ? ledger.missingLeads() : ledger.missing();
  await deps.queue.send(sentAgain(messagesOf(item, tasks, urls)), item.lane);
}

/** Since the recount, some may have got their results after all. */
async function* sentAgain(messages: AsyncIterable<TaskMessage>): AsyncGenerator<TaskMessage> {
  for await (const message of messages) yield { ...message, again: true };
}

/**
 * Nothing is done to the request; an empty queue is checked once more.
 * @returns after how many milliseconds
 */
async function goOn(deps: SettleDeps, item: RequestItem, seen: Seen): Promise<number | undefined> {
  const { req_id: reqId } = item;
  const facts = settlementFacts(item, seen);
  if (decideSettlement(facts) === "LOOK_AGAIN") {
    const wait = againInMs(facts);
    // One that was seen before is kept: its second look is due soon.
    if (wait >= facts.patience.againMs) await deps.requests.noteEmptyQueue(reqId, facts.now);
    return wait;
  }
  if (facts.messages > 0 && item.empty_seen_at !== undefined) {
    await deps.requests.noteEmptyQueue(reqId, undefined);
  }
  return undefined;
}

/** What no agent finished counts as failed and stands in the report. No result is written: there may be millions. */
async function giveUp(deps: SettleDeps, item: RequestItem, recounted: Recounted): Promise<void> {
  const { ledger, failures } = recounted;
  const lost = ledger.missingCount;
  const counted = ledger.count();
  const { download_count, failed_count } = counted;
  const count = { ...counted, download_count: download_count + lost, failed_count: failed_count + lost };
  const failure = lostFailure(item.requeues + 1);
  const [reason, error] = [failure.reason, errorText(failure)];
  for (const { target, url } of ledger.missing()) failures.add({ ...url, pop: target.pop, reason, error });
  const status = hasFailedTooOften(item, count.failed_count) ? "FAILED" : "FINISHED";
  if ((await end(deps, item, status, recounted, count)) && lost > 0) {
    const failed = withMetrics(deps.namespace, { FailedTasks: lost }, { reason: "lost" });
    deps.logger.info("Tasks were given up", { req_id: item.req_id, ...failed });
  }
}

/** Puts the counters right, unless they have moved during the recount: then nobody can tell by how much. */
async function correct(deps: SettleDeps, item: RequestItem, before: Progress, exact: Count): Promise<void> {
  const after = await deps.progress.count(item.req_id);
  if (!isNothing(minus(before.count, after.count))) return;
  const by = minus(exact, after.count);
  if (isNothing(by)) return;
  await deps.progress.correct(item.req_id, by, item.expire_at);
}

export interface SeeDeps {
  readonly requests: Pick<RequestReader, "listActive">;
  readonly progress: Pick<ProgressReader, "of">;
  readonly queue: Pick<TaskQueue, "depth">;
  readonly patience: Patience;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What is going on around a request now: its progress, the queue's depth, and who works on other requests. */
export async function see(deps: SeeDeps, { req_id: reqId }: RequestItem, timeIsUp: boolean): Promise<Seen> {
  const messages = allMessages(await deps.queue.depth());
  const active = await deps.requests.listActive();
  // The index lags behind: the request itself may not be in it.
  const ids = new Set([reqId, ...active.map(({ req_id }) => req_id)]);
  // With fewer of the others at work, a request is rather left as it is.
  const all = await progressOfAll(deps.progress, ids, (id, error) => {
    if (id === reqId) throw error;
  });
  const { now, patience } = { now: deps.now(), patience: deps.patience };
  const progress = all.get(reqId) ?? NO_PROGRESS;
  return { progress, timeIsUp, messages, othersAtWork: othersAtWork(all, reqId, now, patience), now, patience };
}

/** Why a request has ended of which more tasks have failed than its caller allows. */
export function failedTooOften({ max_failures }: RequestItem, { failed_count }: Count, failures: FailureTally): string {
  const commonest = failures.commonest();
  const mostly = commonest === undefined ? "" : `; most of them, ${commonest}`;
  return `max_failures: ${failed_count} tasks have failed, and the request allows ${max_failures}${mostly}`;
}
