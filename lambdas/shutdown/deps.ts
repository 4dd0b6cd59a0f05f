import { setTimeout as sleep } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import * as z from "zod";
import { Checkpoints } from "../../aws/checkpoints.ts";
import { queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { EventBus } from "../../aws/event-bus.ts";
import { Fleet } from "../../aws/fleet.ts";
import { Lists, ResultFiles } from "../../aws/lists.ts";
import { ProgressTable } from "../../aws/progress-table.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { SettlementQueue } from "../../aws/settlement-queue.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { Timer } from "../../aws/timer.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { RECOUNT_CHECKPOINT } from "../../domain/readiness/recount.ts";
import { stallSecondsSchema, timingsOf } from "../../domain/request/lifecycle.ts";
import { Capacity, sharedAdapters } from "../runtime.ts";
import { dropStaleMessages, type HasEnded } from "./stale-messages.ts";

const name = z.string().min(1);
const environmentSchema = z.object({
  REQUEST_TABLE: name,
  REQUEST_POP_TABLE: name,
  REQUEST_TASK_TABLE: name,
  PROGRESS_TABLE: name,
  BUCKET: name,
  QUEUE_URL: z.url(),
  EXPRESS_QUEUE_URL: z.url(),
  /** The name of this function, which Lambda says. */
  AWS_LAMBDA_FUNCTION_NAME: name,
  STALL_SECONDS: stallSecondsSchema,
  GROUP_NAME: name,
  SCHEDULE_GROUP: name,
  SCHEDULE_ROLE_ARN: name,
  FAILED_BATCHES_URL: z.url(),
  API_URL: z.url(),
});

/** Reads the environment and builds all that the Shutdown function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const own = { ...env, SHUTDOWN_ARN: env.AWS_LAMBDA_FUNCTION_NAME };
  const { logger, namespace, onUnreadable, dynamo, db, shutdown, requests } = sharedAdapters("shutdown", own);
  const sqs = queueClient();
  const s3 = new S3Client({});
  const scheduler = new SchedulerClient({});
  const queue = new TaskQueue(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL });
  return {
    requests,
    progress: new ProgressTable(db, env.PROGRESS_TABLE, onUnreadable),
    /** This function. */
    shutdown,
    settlements: new SettlementQueue(db, env.PROGRESS_TABLE, shutdown),
    timings: timingsOf(env.STALL_SECONDS),
    requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable),
    results: new RequestTaskTable(dynamo, env.REQUEST_TASK_TABLE, onUnreadable),
    lists: new Lists(s3, env.BUCKET),
    checkpoints: new Checkpoints(s3, env.BUCKET, RECOUNT_CHECKPOINT),
    resultFiles: new ResultFiles(s3, env.BUCKET),
    queue,
    staleMessages: {
      drop: (hasEnded: HasEnded, ms: number) => dropStaleMessages(Object.values(queue.lanes), hasEnded, ms),
    },
    capacity: new Capacity(requests, new Fleet(new AutoScalingClient({}), env.GROUP_NAME)),
    timer: new Timer(scheduler, env.SCHEDULE_GROUP, "timeout"),
    checkSchedule: new Timer(scheduler, env.SCHEDULE_GROUP, "check"),
    /** The role that EventBridge Scheduler invokes this function with. */
    scheduleRoleArn: env.SCHEDULE_ROLE_ARN,
    events: new EventBus(new EventBridgeClient({})),
    deadLetters: new DeadLetterQueue(sqs, env.FAILED_BATCHES_URL),
    /** Base of the API, with a slash at its end: events have links. */
    apiUrl: env.API_URL,
    logger,
    namespace,
    /** Milliseconds since the epoch. */
    now: Date.now,
    sleep: (ms: number) => sleep(ms),
  };
}

export type ShutdownDeps = ReturnType<typeof buildDeps>;

/** A run of this function. */
export interface ShutdownRun {
  /** Milliseconds that it may still take, without what it keeps back for its last writes. */
  readonly left: () => number;
  /** ARN of this function. It cannot be a variable: a function's environment cannot name the function itself. */
  readonly functionArn: string;
}
