import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { Fleet } from "../../aws/fleet.ts";
import { ProgressTable } from "../../aws/progress-table.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { SettlementQueue } from "../../aws/settlement-queue.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { type Observed, stallSecondsSchema, timingsOf } from "../../domain/request/lifecycle.ts";
import type { OnFailure } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { sharedAdapters } from "../runtime.ts";

const name = z.string().min(1);
const environmentSchema = z.object({
  REQUEST_TABLE: name,
  REQUEST_POP_TABLE: name,
  REQUEST_TASK_TABLE: name,
  PROGRESS_TABLE: name,
  QUEUE_URL: z.url(),
  EXPRESS_QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  FAILED_BATCHES_URL: z.url(),
  SHUTDOWN_ARN: name,
  EXPAND_ARN: name,
  STALL_SECONDS: stallSecondsSchema,
  /** It is part of the metrics' namespace, too. */
  GROUP_NAME: name,
});

/** Reads the environment and builds all that the Watch function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const { logger, namespace, onUnreadable, dynamo, db, lambda, shutdown, requests } = sharedAdapters("watch", env);
  const sqs = queueClient();
  return {
    requests,
    progress: new ProgressTable(db, env.PROGRESS_TABLE, onUnreadable),
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
    requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable),
    settlements: new SettlementQueue(db, env.PROGRESS_TABLE, shutdown),
    expandFunction: new AsyncFunction(lambda, env.EXPAND_ARN),
    results: new RequestTaskTable(dynamo, env.REQUEST_TASK_TABLE, onUnreadable),
    queue: new TaskQueue(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
    /** The messages of tasks that no agent finished. */
    deadLetters: new DeadLetterQueue(sqs, env.DEAD_LETTER_QUEUE_URL),
    /** For dead letters that are no task. */
    unreadableLetters: new DeadLetterQueue(sqs, env.FAILED_BATCHES_URL),
    onUnreadable,
    timings: timingsOf(env.STALL_SECONDS),
    logger,
    namespace,
  };
}

export type WatchDeps = ReturnType<typeof buildDeps>;

/** What one run has read. */
export interface WatchRun {
  readonly active: readonly RequestItem[];
  readonly observed: Observed;
  readonly onFailure: OnFailure;
}
