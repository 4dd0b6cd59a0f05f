import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { documentClient, dynamoClient, queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { Fleet } from "../../aws/fleet.ts";
import { ProgressReader } from "../../aws/progress-table.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { SettlementQueue } from "../../aws/settlement-queue.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/metrics.ts";
import { stallSecondsSchema, timingsOf } from "../../domain/request/lifecycle.ts";
import { reportUnreadable } from "../runtime.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    REQUEST_POP_TABLE: z.string().min(1),
    REQUEST_TASK_TABLE: z.string().min(1),
    PROGRESS_TABLE: z.string().min(1),
    QUEUE_URL: z.url(),
    EXPRESS_QUEUE_URL: z.url(),
    /** The messages of tasks that no agent finished. */
    DEAD_LETTER_QUEUE_URL: z.url(),
    /** For dead letters that are no task. */
    FAILED_BATCHES_URL: z.url(),
    SHUTDOWN_ARN: z.string().min(1),
    EXPAND_ARN: z.string().min(1),
    STALL_SECONDS: stallSecondsSchema,
    /** It is part of the metrics' namespace, too. */
    GROUP_NAME: z.string().min(1),
  }),
);
const logger = new Logger({ serviceName: "watch" });
const namespace = metricNamespace(env.GROUP_NAME);
const onUnreadable = reportUnreadable(logger, namespace);
const dynamo = dynamoClient();
const db = documentClient(dynamo);
const lambda = new LambdaClient({});
const sqs = queueClient();
const shutdown = new AsyncFunction(lambda, env.SHUTDOWN_ARN);

export const handler = createHandler({
  requests: new RequestTable(db, env.REQUEST_TABLE, onUnreadable, shutdown),
  progress: new ProgressReader(db, env.PROGRESS_TABLE, onUnreadable),
  fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
  requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable),
  settlements: new SettlementQueue(db, env.PROGRESS_TABLE, shutdown),
  expandFunction: new AsyncFunction(lambda, env.EXPAND_ARN),
  results: new RequestTaskTable(dynamo, env.REQUEST_TASK_TABLE, onUnreadable),
  queue: new TaskQueue(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
  deadLetters: new DeadLetterQueue(sqs, env.DEAD_LETTER_QUEUE_URL),
  unreadableLetters: new DeadLetterQueue(sqs, env.FAILED_BATCHES_URL),
  onUnreadable,
  timings: timingsOf(env.STALL_SECONDS),
  logger,
  namespace,
});
