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
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { TaskQueues } from "../../aws/task-queue.ts";
import { Timer } from "../../aws/timer.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { RECOUNT_CHECKPOINT } from "../../domain/readiness/recount.ts";
import { pipelineVariables, sharedAdapters } from "../runtime.ts";
import { dropStaleMessages, type HasEnded } from "./stale-messages.ts";

const environmentSchema = pipelineVariables.extend({
  /** The name of this function, which Lambda says. */
  AWS_LAMBDA_FUNCTION_NAME: nameVariable,
  SCHEDULE_GROUP: nameVariable,
  API_URL: z.url(),
});

/** Reads the environment and builds all that the Shutdown function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("shutdown", env, env.AWS_LAMBDA_FUNCTION_NAME);
  const sqs = queueClient();
  const s3 = new S3Client({});
  const queue = new TaskQueues(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL });
  return {
    ...shared,
    results: new RequestTaskTable(shared.dynamo, env.REQUEST_TASK_TABLE, shared.onUnreadable),
    lists: new Lists(s3, env.BUCKET),
    checkpoints: new Checkpoints(s3, env.BUCKET, RECOUNT_CHECKPOINT),
    resultFiles: new ResultFiles(s3, env.BUCKET),
    queue,
    staleMessages: {
      drop: (hasEnded: HasEnded, ms: number) => dropStaleMessages(Object.values(queue.queues), hasEnded, ms),
    },
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
    timer: new Timer(new SchedulerClient({}), env.SCHEDULE_GROUP),
    events: new EventBus(new EventBridgeClient({})),
    deadLetters: new DeadLetterQueue(sqs, env.FAILED_BATCHES_URL),
    /** Base of the API, with a slash at its end: events have links. */
    apiUrl: env.API_URL,
    /** Milliseconds since the epoch. */
    now: Date.now,
    sleep: (ms: number) => sleep(ms),
  };
}

export type ShutdownDeps = ReturnType<typeof buildDeps>;
