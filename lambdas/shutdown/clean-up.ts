import { memoizeByKey } from "../../domain/collections.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { UNFINISHED } from "../../domain/plan/task.ts";
import { endedEvent } from "../../domain/readiness/ended-event.ts";
import {
  deleteCheckpoint,
  type FinalFields,
  finalizeRecount,
  ListLostError,
  recount,
} from "../../domain/readiness/recount.ts";
import { REPORT_FILE, SegmentedFile } from "../../domain/readiness/report-writer.ts";
import { ENDED_STATES, isTerminal, type TerminalStatus } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { fitFleet } from "../runtime.ts";
import type { ShutdownDeps } from "./deps.ts";

/** A run waits for this long for messages that agents hold; the next run goes on. */
const MAX_WAIT_MS = 60_000;
const POLL_MS = 2_000;

/** A request that has ended. */
export type EndedRequest = RequestItem & { readonly status: TerminalStatus };

export function isEnded(item: RequestItem): item is EndedRequest {
  return isTerminal(item.status);
}

/**
 * Gives back all that an ended request held: its timer, its pending settlement check, its share of the fleet, its messages. May be run again at any
 * point. While others are active, messages of this one are skipped by the agents, not dropped here.
 * @param remainingMs milliseconds that this run may still take, less RESERVE_MS
 * @returns false if that was not enough, or agents still hold messages: then it is to be run again
 */
export async function cleanUp(deps: ShutdownDeps, item: EndedRequest, remainingMs: () => number): Promise<boolean> {
  const { req_id: reqId, status } = item;
  // Whoever stopped the request said how many instances are to go on.
  if (status !== "STOPPED") await fitFleet(deps);
  // After the instances: they should not run on while the report is written, which may take long.
  if (item.report === undefined) {
    const ending = await countedAndReported(deps, item, remainingMs);
    if (ending === undefined) return false;
    await deps.requests.updateAndTouch(reqId, [status], ending);
    await deleteCheckpoint(deps, item);
  }
  // Read again: the counts have just been written.
  const counted = await deps.requests.get(reqId);
  if (counted !== undefined) {
    await deps.requests.correctUse(counted, deps.now());
    await publishEnd(deps, counted);
  }
  // Not before: if the steps above fail for good, the timer calls this again.
  await deps.timer.cancel(reqId);
  await deps.checkSchedule.cancel(reqId);
  // After the report: somebody may wait for that, but nobody for this.
  if (!(await emptyQueue(deps, remainingMs))) return false;
  await deps.requests.close(reqId);
  deps.logger.info("Request cleaned up", { req_id: reqId, status });
  return true;
}

/**
 * The exact counts, and all that rests on them; where the list of URLs is lost, the counters stand, and the report has no line.
 * Undefined: the recount is to go on in the next run.
 */
async function countedAndReported(
  deps: ShutdownDeps,
  item: EndedRequest,
  remainingMs: () => number,
): Promise<Partial<FinalFields> | undefined> {
  try {
    const recounted = await recount(deps, item, { timeIsUp: false, remainingMs, whyMissing: () => UNFINISHED });
    return recounted && (await finalizeRecount(deps, item, item.status, recounted, recounted.taskBitmap.count()));
  } catch (error) {
    if (!(error instanceof ListLostError)) throw error;
    await new SegmentedFile(deps.lists, REPORT_FILE, item.req_id).finish();
    const { count } = await deps.progress.count(item.req_id);
    return { ...count, report: REPORT_FILE.key(item.req_id), verdict: "not_ready" };
  }
}

/**
 * Drops messages until none is left, in flight or not, or until another request is active.
 * @returns false if its time was over before that, or nothing came of the last minute
 */
async function emptyQueue(deps: ShutdownDeps, remainingMs: () => number): Promise<boolean> {
  const hasEnded = memoizeByKey(async (reqId: string) => !(await deps.requests.isActive(reqId)));
  let until = deps.now() + MAX_WAIT_MS;
  let emptyBefore = false;
  for (;;) {
    const empty = (await deps.queue.messageCount()) === 0;
    // SQS estimates, and one check may come too early.
    if (empty && emptyBefore) return true;
    emptyBefore = empty;
    if (!empty) {
      if ((await deps.requests.readActive()).length > 0) return true;
      const { dropped, othersFound } = await deps.staleMessages.drop(hasEnded, remainingMs());
      if (othersFound) return true;
      if (dropped > 0) {
        deps.logger.info("Messages of ended requests dropped", { dropped });
        until = deps.now() + MAX_WAIT_MS;
      }
    }
    if (deps.now() >= until || remainingMs() < 0) return false;
    await deps.sleep(POLL_MS);
  }
}

/**
 * Publishes the end of a request on the event bus, once its summary can be read. The item records that, so that it is published once; twice
 * if the run dies between the two. An event that EventBridge rejects goes to the dead-letter queue and blocks nothing.
 */
async function publishEnd(deps: ShutdownDeps, item: RequestItem): Promise<void> {
  const { req_id: reqId } = item;
  if (item.announced === true || !isEnded(item)) return;
  const event = endedEvent(item, deps.apiUrl);
  try {
    await deps.events.put(event);
  } catch (error) {
    const fields = errorFields(error);
    deps.logger.warn("Publishing the end of a request failed", { req_id: reqId, error: fields });
    await deps.failedBatches.send(JSON.stringify(event), `EventBridge rejected the event: ${fields.message}`);
  }
  await deps.requests.updateQuietly(reqId, ENDED_STATES, { announced: true });
}
