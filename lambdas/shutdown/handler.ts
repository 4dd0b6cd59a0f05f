import type { AsyncFunction } from "../../aws/async-function.ts";
import type { RequestReader } from "../../aws/request-table.ts";
import type { AskedLooks, Looks } from "../../aws/settlement-queue.ts";
import { type CheckSchedule, shutdownEventSchema } from "../../aws/timer.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { seemsOver } from "../../domain/request/settlement.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { RESERVE_MS } from "../runtime.ts";
import { type SettleDeps, settle } from "./settle.ts";
import { type WindDownDeps, windDown } from "./wind-down.ts";

export type ShutdownDeps = LookDeps;

/** What Lambda tells of a run. */
export interface ShutdownContext {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/** Invoked asynchronously: by the timer of a request, and when a request has ended or is to be checked. */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown, context: ShutdownContext): Promise<void> => {
    const { req_id: reqId, timer } = shutdownEventSchema.parse(event);
    const run = { left: () => context.getRemainingTimeInMillis(), functionArn: context.invokedFunctionArn };
    const isRead = await lookAt(deps, reqId, run);
    if (!isRead && timer) await endUnreadable(deps, reqId);
  };
}

export interface LookDeps extends SettleDeps, WindDownDeps, CheckLaterDeps {
  readonly requests: SettleDeps["requests"] & WindDownDeps["requests"] & Pick<RequestReader, "get">;
  readonly progress: SettleDeps["progress"] & WindDownDeps["progress"];
  readonly results: SettleDeps["results"] & WindDownDeps["results"];
  readonly queue: SettleDeps["queue"] & WindDownDeps["queue"];
  readonly logger: SettleDeps["logger"] & WindDownDeps["logger"];
  readonly asked: Pick<AskedLooks, "answered">;
  readonly checkSchedule: WindDownDeps["checkSchedule"] & CheckLaterDeps["checkSchedule"];
  readonly looks: Pick<Looks, "ask">;
}

/**
 * Looks at one request: settles an active one, winds down one that has ended and was not closed. Two looks of the same
 * request at the same time do no harm. What is more than one run can do goes on with the next look, which is asked for.
 * @returns false if it was deleted by hand or cannot be read
 */
export async function lookAt(deps: LookDeps, reqId: string, run: ShutdownRun): Promise<boolean> {
  const item = await deps.requests.get(reqId);
  if (item === undefined) {
    // If it has ended, nobody need look at it again.
    await deps.requests.close(reqId, {});
    return false;
  }
  if (item.active !== undefined) await settleAndAnswer(deps, item, run);
  else if (isTerminal(item.status) && !item.closed && !(await windDown(deps, item, run.left)))
    await deps.shutdown.invoke(reqId);
  return true;
}

/** Nothing can be counted of it, but the fleet must not outlive it. */
export async function endUnreadable(deps: LookDeps, reqId: string): Promise<void> {
  await deps.requests.end(reqId, "TIMEOUT", { reason: "The request's item could not be read" });
  await deps.capacity.follow();
}

/** Results that came during the look could not ask for another one: their turn comes now. */
async function settleAndAnswer(deps: LookDeps, item: RequestItem, run: ShutdownRun): Promise<void> {
  const { req_id: reqId } = item;
  const settled = await settle(deps, item, deps.now() >= parseTimestamp(item.timeout_at).getTime(), run.left);
  if (settled.checkInMs !== undefined) await checkLater(deps, reqId, settled.checkInMs, run);
  await deps.asked.answered(reqId);
  // Asked for as others do, so that nobody else asks while it goes on.
  if (!settled.isDone) return void (await deps.looks.ask(item));
  const after = await deps.requests.get(reqId);
  if (after?.active === undefined || after.total_count === 0) return;
  const { count } = await deps.progress.count(reqId);
  if (seemsOver(after, count)) await deps.looks.ask(after);
}

/**
 * EventBridge Scheduler invokes up to a minute late. Shorter delays come of a small `stallSeconds` alone: these are slept, which
 * is precise and costs less than a cent for a thousand.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-based
 */
const MAX_SLEEP_MS = 20_000;

export interface CheckLaterDeps {
  /** This function. */
  readonly shutdown: Pick<AsyncFunction, "invoke">;
  readonly checkSchedule: Pick<CheckSchedule, "set">;
  /** The role that EventBridge Scheduler invokes this function with. */
  readonly scheduleRoleArn: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A run of this function. */
export interface ShutdownRun {
  /** Milliseconds that it may still take. */
  readonly left: () => number;
  /** ARN of this function. It cannot be a variable: a function's environment cannot name the function itself. */
  readonly functionArn: string;
}

/** Has the request checked again after a delay. A run that ends before the check is invoked is repeated by Lambda. */
export async function checkLater(
  deps: CheckLaterDeps,
  reqId: string,
  delayMs: number,
  run: ShutdownRun,
): Promise<void> {
  if (delayMs <= MAX_SLEEP_MS && run.left() >= delayMs + RESERVE_MS) {
    await deps.sleep(delayMs);
    await deps.shutdown.invoke(reqId);
    return;
  }
  // A schedule whose time has passed when it is created would be refused.
  const at = new Date(deps.now() + Math.max(delayMs, MAX_SLEEP_MS));
  await deps.checkSchedule.set(reqId, at, { functionArn: run.functionArn, roleArn: deps.scheduleRoleArn });
}
