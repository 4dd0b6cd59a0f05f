import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import * as z from "zod";
import { EventBus } from "../../aws/event-bus.ts";
import { Timer } from "../../aws/timer.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { capsOf, capVariables } from "../../domain/request/caps.ts";
import { sharedAdapters } from "../adapters.ts";
import { pipelineVariables } from "../runtime.ts";
import { dropStaleMessages, type HasEnded } from "./stale-messages.ts";

const environmentSchema = pipelineVariables.extend({
  /** The name of this function, which Lambda says. */
  AWS_LAMBDA_FUNCTION_NAME: nameVariable,
  SCHEDULE_GROUP: nameVariable,
  SCHEDULE_ROLE_ARN: nameVariable,
  API_URL: z.url(),
  ...capVariables,
});

/** Reads the environment and builds all that the Shutdown function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("shutdown", env, env.AWS_LAMBDA_FUNCTION_NAME);
  const scheduler = new SchedulerClient({});
  return {
    ...shared,
    staleMessages: {
      drop: (hasEnded: HasEnded, ms: number) => dropStaleMessages(Object.values(shared.queue.queues), hasEnded, ms),
    },
    timer: new Timer(scheduler, env.SCHEDULE_GROUP, "timeout"),
    checkSchedule: new Timer(scheduler, env.SCHEDULE_GROUP, "check"),
    /** The role that EventBridge Scheduler invokes this function with. */
    scheduleRoleArn: env.SCHEDULE_ROLE_ARN,
    events: new EventBus(new EventBridgeClient({})),
    /** Base of the API, with a slash at its end: events have links. */
    apiUrl: env.API_URL,
    caps: capsOf(env),
    /** Milliseconds since the epoch. */
    now: Date.now,
    sleep: (ms: number) => sleep(ms),
  };
}

export type ShutdownDeps = ReturnType<typeof buildDeps>;

/** A run of this function. */
export interface ShutdownRun {
  /** Milliseconds that it may still take, less RESERVE_MS. */
  readonly remainingMs: () => number;
  /** ARN of this function. It cannot be a variable: a function's environment cannot name the function itself. */
  readonly functionArn: string;
}
