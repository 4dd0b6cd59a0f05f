import type { AsyncFunction } from "../../aws/async-function.ts";
import type { CheckSchedule } from "../../aws/timer.ts";
import { RESERVE_MS } from "../reserve.ts";

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
