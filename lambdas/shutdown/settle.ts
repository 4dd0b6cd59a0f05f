import { withMetrics } from "../../domain/metrics.ts";
import { type Extension, extensionOf } from "../../domain/plan/extension.ts";
import { UNFINISHED } from "../../domain/plan/task.ts";
import type { TaskBitmap } from "../../domain/plan/task-bitmap.ts";
import { messagesOf, type TaskMessage, urlsPerMessage } from "../../domain/plan/task-message.ts";
import {
  deleteCheckpoint,
  finalizeRecount,
  ListLostError,
  type Recounted,
  recount,
  tooManyFailed,
  withLost,
} from "../../domain/readiness/recount.ts";
import {
  ACTIVE_STATES,
  decideSettlement,
  type EndingEvent,
  EVENTS,
  exceedsMaxFailures,
  isTimeUp,
  MAX_REQUEUES,
  type Observed,
  observe,
  recheckInMs,
  type Settlement,
} from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type Count, isNothing, minus, NO_COUNT } from "../../domain/result/count.ts";
import { lostFailure } from "../../domain/result/failure.ts";
import { fitFleet } from "../runtime.ts";
import type { ShutdownDeps } from "./deps.ts";

/** Up to so many tasks that are queued again travel alone each: if one makes its message fail, it fails no others. */
const MAX_UNBATCHED_TASKS = 50_000;
const MAX_URLS_PER_MESSAGE = 100;

/**
 * Ends an active request if its tasks are done or its time is up; otherwise it goes on, with what is lost queued again. It
 * is counted exactly before anything is done to it. The report stands before the status says so.
 * @param remainingMs milliseconds that this run may still take, less RESERVE_MS
 * @returns after how many milliseconds the request is to be checked again, 0 if the run's time was not enough; undefined: whoever
 * sees a need requests a check
 */
export async function settle(
  deps: ShutdownDeps,
  item: RequestItem,
  remainingMs: () => number,
): Promise<number | undefined> {
  const now = deps.now();
  try {
    return await settleAt(deps, item, now, remainingMs);
  } catch (error) {
    if (!(error instanceof ListLostError)) throw error;
    // It would fail again each time, and the request would stay active for ever.
    await deps.requests.end(item.req_id, isTimeUp(item, now) ? "TIME_OUT" : "FAIL", { reason: error.message });
    return undefined;
  }
}

async function settleAt(deps: ShutdownDeps, item: RequestItem, now: number, remainingMs: () => number) {
  const timeIsUp = isTimeUp(item, now);
  if (timeIsUp) {
    // First of all: the recount may take minutes or fail, and no instance should wait for it.
    await deps.requests.updateAndTouch(item.req_id, ACTIVE_STATES, { instance_count: 0 });
    await fitFleet(deps);
  }
  // Before the recount. A task that is finished during it is not in its count: with the queue empty afterwards, it would
  // seem lost.
  const observed = await observeAll(deps, item);
  const expected = decideSettlement(item, observed);
  if (expected === "WAIT" || expected === "CHECK_AGAIN") return leaveRunning(deps, item, observed, expected);
  const decide = (count: Count) => decideSettlement(item, observed, { count });
  const whyMissing = (count: Count) => (decide(count) === "GIVE_UP" ? lostFailure(item.requeues + 1) : UNFINISHED);
  const recounted = await recount(deps, item, { timeIsUp, remainingMs, whyMissing });
  if (recounted === undefined) return 0;
  const count = recounted.taskBitmap.count();
  const settlement = decide(count);
  deps.logger.info("Results recounted", { req_id: item.req_id, settlement, total: item.total_count, ...count });
  let checkInMs: number | undefined;
  if (settlement === "GIVE_UP") await giveUp(deps, item, recounted);
  else if (settlement === "REQUEUE") {
    await correct(deps, item, observed, count);
    if (await deps.requests.claimRequeue(item)) await queueAgain(deps, item, recounted.taskBitmap);
  } else if (settlement === "WAIT" || settlement === "CHECK_AGAIN") {
    await correct(deps, item, observed, count);
    checkInMs = await leaveRunning(deps, item, observed, settlement);
  } else {
    const ending = settlement === "FINISH" ? await extend(deps, item, recounted) : item;
    if (ending !== undefined) await end(deps, ending, settlement, { recounted, count });
  }
  await deleteCheckpoint(deps, item);
  return checkInMs;
}

/** Reads what is going on around a request: its progress, the queue's depth, and the progress of the others. */
async function observeAll(deps: ShutdownDeps, { req_id: reqId }: RequestItem): Promise<Observed> {
  // The index lags behind: the request itself may not be in it.
  const others = (await deps.requests.listActive()).filter(({ req_id }) => req_id !== reqId);
  // With fewer of the others at work, a request is rather left as it is.
  return observe(deps, [{ req_id: reqId }, ...others], deps.now, (id, error) => {
    if (id === reqId) throw error;
  });
}

/** @returns false if it has ended already */
async function end(
  deps: ShutdownDeps,
  item: RequestItem,
  event: Exclude<EndingEvent, "STOP">,
  { recounted, count }: { readonly recounted: Recounted; readonly count: Count },
): Promise<boolean> {
  const ending = await finalizeRecount(deps, item, EVENTS[event].to, recounted, count);
  if (event !== "FAIL") return deps.requests.end(item.req_id, event, ending);
  return deps.requests.end(item.req_id, event, { ...ending, reason: tooManyFailed(item, count, recounted) });
}

/**
 * Has POPs lead for themselves whose REC no sample shows. A run that dies before it has queued their tasks leaves tasks without a result,
 * which are queued again as others are.
 * @returns undefined: the request goes on; else the request as it ends
 */
async function extend(deps: ShutdownDeps, item: RequestItem, recounted: Recounted): Promise<RequestItem | undefined> {
  const extension = await extensionOf(recounted, deps.caps);
  if (extension === undefined) return item;
  const problem = await problemOf(deps, item, extension);
  if (problem !== undefined || "problem" in extension) {
    deps.logger.warn("Request not extended", { req_id: item.req_id, reason: problem });
    await deps.requests.updateQuietly(item.req_id, ACTIVE_STATES, { not_extended: problem });
    return { ...item, not_extended: problem };
  }
  const { plan, leading, fields } = extension;
  await deps.requestPops.putLeading(leading);
  if (!(await deps.requests.claimExtension(item, fields))) return undefined;
  deps.logger.info("Request extended", { req_id: item.req_id, pops: leading.map(({ pop }) => pop), ...fields });
  const taskBitmap = recounted.taskBitmap.extendedTo(plan, recounted.urls);
  const maxUrls = urlsPerMessage(fields.total_count, item.instance_count);
  await deps.queue.send(messagesOf(item, taskBitmap.missingLeads(), { maxUrls }), item.lane);
  return undefined;
}

/** The limit that keeps a request from being extended. Otherwise, its new tasks count for the daily limits. */
async function problemOf(deps: ShutdownDeps, item: RequestItem, extension: Extension | { readonly problem: string }) {
  if ("problem" in extension) return extension.problem;
  const { fields, transferred } = extension;
  const use = { total_count: fields.total_count, transferred_bytes: transferred };
  return deps.requests.countUse(item, use, deps.caps, deps.now());
}

/** Missing tasks go to the same queue as before. */
async function queueAgain(deps: ShutdownDeps, item: RequestItem, taskBitmap: TaskBitmap): Promise<void> {
  const urls = Math.min(MAX_URLS_PER_MESSAGE, Math.ceil(taskBitmap.missingCount / MAX_UNBATCHED_TASKS));
  // In the last requeue, no task waits for a lead: a lost lead message cannot lose its followers.
  const tasks = item.requeues + 1 < MAX_REQUEUES ? taskBitmap.missingLeads() : taskBitmap.missing();
  await deps.queue.send(sentAgain(messagesOf(item, tasks, { maxUrls: urls })), item.lane);
}

/** Since the recount, some may have got their results after all. */
async function* sentAgain(messages: AsyncIterable<TaskMessage>): AsyncGenerator<TaskMessage> {
  for await (const message of messages) yield { ...message, again: true };
}

/**
 * Nothing is done to the request; an empty queue is checked once more.
 * @returns after how many milliseconds
 */
async function leaveRunning(
  deps: ShutdownDeps,
  item: RequestItem,
  observed: Observed,
  settlement: Settlement,
): Promise<number | undefined> {
  const { req_id: reqId } = item;
  if (settlement === "CHECK_AGAIN") {
    const wait = recheckInMs(item, observed);
    // One that was seen before is kept: its second check is due soon.
    if (wait >= deps.timings.recheckMs)
      await deps.requests.updateQuietly(reqId, ACTIVE_STATES, { empty_seen_at: observed.now });
    return wait;
  }
  if (observed.messages > 0 && item.empty_seen_at !== undefined) {
    await deps.requests.updateQuietly(reqId, ACTIVE_STATES, { empty_seen_at: undefined });
  }
  return undefined;
}

/** What no agent finished counts as failed and stands in the report. No result is written: there may be millions. */
async function giveUp(deps: ShutdownDeps, item: RequestItem, recounted: Recounted): Promise<void> {
  const lost = recounted.taskBitmap.missingCount;
  const count = withLost(recounted, lostFailure(item.requeues + 1));
  const event = exceedsMaxFailures(item, count.failed_count) ? "FAIL" : "GIVE_UP";
  if ((await end(deps, item, event, { recounted, count })) && lost > 0) {
    const failed = withMetrics(deps.namespace, { FailedTasks: lost }, { reason: "lost" });
    deps.logger.info("Gave up tasks without a result", { req_id: item.req_id, ...failed });
  }
}

/** Puts the counters right, unless they have moved during the recount: then nobody can tell by how much. */
async function correct(deps: ShutdownDeps, item: RequestItem, { progress }: Observed, exact: Count): Promise<void> {
  const after = await deps.progress.count(item.req_id);
  if (!isNothing(minus(progress.get(item.req_id)?.count ?? NO_COUNT, after.count))) return;
  const by = minus(exact, after.count);
  if (isNothing(by)) return;
  await deps.progress.correct(item.req_id, by, item.expire_at);
}
