import { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import { documentClient, dynamoClient, queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { RequestReader } from "../../aws/request-reader.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import { reportUnreadable } from "../unreadable.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    REQUEST_TASK_TABLE: z.string().min(1),
    QUEUE_URL: z.url(),
    EXPRESS_QUEUE_URL: z.url(),
    DEAD_LETTER_QUEUE_URL: z.url(),
    /** It is part of the metrics' namespace. */
    GROUP_NAME: z.string().min(1),
  }),
);
const db = dynamoClient();
const sqs = queueClient();
const logger = new Logger({ serviceName: "dead-letters" });
const onUnreadable = reportUnreadable(logger, metricNamespace(env.GROUP_NAME));

export const handler = createHandler({
  requests: new RequestReader(documentClient(db), env.REQUEST_TABLE, onUnreadable),
  results: new RequestTaskTable(db, env.REQUEST_TASK_TABLE, onUnreadable),
  queue: new TaskQueue(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
  unreadableLetters: new DeadLetterQueue(sqs, env.DEAD_LETTER_QUEUE_URL),
  onUnreadable,
  logger,
});
