import pMap from "p-map";
import type { AsyncFunction } from "../../aws/async-function.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { EndingRequestTable } from "../../aws/request-table.ts";
import type { Looks } from "../../aws/settlement-queue.ts";
import { allMessages, type TaskQueue } from "../../aws/task-queue.ts";
import type { Patience } from "../../domain/request/lifecycle.ts";
import { othersAtWork, type Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import {
  eachRequest,
  isOverdue,
  needsLook,
  type OnFailure,
  settlementFacts,
  stalledStep,
} from "../../domain/request/settlement.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";

/** Whoever ends a request calls Shutdown at once. One that is not closed after this long may have been forgotten. */
const UNCLOSED_MS = 120_000;

export interface SafetyNetDeps extends FanOutAgainDeps {
  readonly requests: FanOutAgainDeps["requests"] & Pick<EndingRequestTable, "listClosing" | "get" | "nudge" | "end">;
  readonly queue: Pick<TaskQueue, "depth">;
  readonly expandFunction: Pick<AsyncFunction, "invoke">;
  readonly looks: Pick<Looks, "ask">;
  readonly patience: Patience;
}

/**
 * Finds requests that were forgotten. Agents do so too, and sooner, but there are none when Spot has no instance. A timer
 * calls its function once: if that fails three times, nothing else ends the request. A request for which this fails is passed to `onFailure`
 * and does not stop the others.
 */
export class SafetyNet {
  constructor(private readonly deps: SafetyNetDeps) {}

  /**
   * Asks for a look at each active request that would not go on or end by itself.
   * @param all the progress of each active request
   * @returns the ids of those that nobody had asked for
   */
  async lookAtForgotten(
    active: readonly RequestItem[],
    all: ReadonlyMap<string, Progress>,
    date: Date,
    onFailure: OnFailure,
  ): Promise<string[]> {
    if (active.length === 0) return [];
    const { queue, looks, patience } = this.deps;
    const messages = allMessages(await queue.depth());
    const now = date.getTime();
    const asked: string[] = [];
    await eachRequest(active, onFailure, async (item) => {
      const progress = all.get(item.req_id);
      if (progress === undefined) return;
      const timeIsUp = isOverdue(parseTimestamp(item.timeout_at), date);
      const others = othersAtWork(all, item.req_id, now, patience);
      const seen = { progress, timeIsUp, messages, othersAtWork: others, now, patience };
      if (needsLook(settlementFacts(item, seen)) && (await looks.ask(item))) asked.push(item.req_id);
    });
    return asked;
  }

  /** Calls steps again that came to no end, and ends requests where that did not help. @returns what it did to which */
  async callStepsAgain(
    active: readonly RequestItem[],
    date: Date,
    onFailure: OnFailure,
  ): Promise<[reqId: string, what: string][]> {
    const done: [string, string][] = [];
    await eachRequest(active, onFailure, async (item) => {
      const stalled = stalledStep(item, date, this.deps.patience);
      if (stalled === "none") return;
      if (stalled === "nudge") {
        if (await this.callAgain(item)) done.push([item.req_id, `${item.status}: its step is called again`]);
      } else if (await this.deps.requests.end(item.req_id, "FAILED", stalled)) done.push([item.req_id, stalled.reason]);
    });
    return done;
  }

  /** Asks for a look at each request that ended some time ago and still holds something. @returns their ids */
  async lookAtUnclosed(date: Date, onFailure: OnFailure): Promise<string[]> {
    const asked: string[] = [];
    const closing = await this.deps.requests.listClosing();
    await eachRequest(closing, onFailure, async ({ req_id: reqId, last_update_time: ended }) => {
      if (date.getTime() - parseTimestamp(ended).getTime() < UNCLOSED_MS) return;
      const item = await this.deps.requests.get(reqId);
      // One that cannot be read can be closed all the same.
      const about = item ?? { req_id: reqId, expire_at: Math.floor(date.getTime() / 1_000) + 86_400 };
      if (await this.deps.looks.ask(about)) asked.push(reqId);
    });
    return asked;
  }

  /** @returns false when it has moved on, or somebody else has called it */
  private async callAgain(item: RequestItem): Promise<boolean> {
    if (!(await this.deps.requests.nudge(item))) return false;
    if (item.status === "EXPANDING" && item.expanded === undefined) await this.deps.expandFunction.invoke(item.req_id);
    if (item.status === "INSERT_TASK") await fanOutAgain(this.deps, item, item.nudges + 1);
    return true;
  }
}

const IN_PARALLEL = 32;

export interface FanOutAgainDeps {
  readonly requests: Pick<EndingRequestTable, "advance">;
  readonly requestPops: Pick<RequestPopTable, "of" | "markReady" | "callAgain">;
}

/**
 * Has Task fan out what is left of a request at INSERT_TASK. Targets are changed, for the request's item starts nothing any
 * more. If all are sent, only the last step is missing: whoever was to do it has died.
 * @param calls another number each time
 */
export async function fanOutAgain(deps: FanOutAgainDeps, item: RequestItem, calls: number): Promise<void> {
  const { req_id: reqId } = item;
  if (item.targets_sent >= item.targets_total) {
    await deps.requests.advance(reqId, "INSERT_TASK", "IN_PROGRESS");
    return;
  }
  const call = async ({ target, state }: { readonly target: string; readonly state: string }) => {
    if (state === "RESOLVED") await deps.requestPops.markReady(reqId, target);
    if (state === "READY") await deps.requestPops.callAgain(reqId, target, calls);
  };
  await pMap(await deps.requestPops.of(reqId), call, { concurrency: IN_PARALLEL });
}
