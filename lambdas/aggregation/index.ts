import { Logger } from "@aws-lambda-powertools/logger";
import { LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { ProgressTable } from "../../aws/progress-table.ts";
import { RequestReader } from "../../aws/request-table.ts";
import { SettlementQueue } from "../../aws/settlement-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/metrics.ts";
import { reportUnreadable } from "../runtime.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    PROGRESS_TABLE: z.string().min(1),
    SHUTDOWN_ARN: z.string().min(1),
    FAILED_BATCHES_URL: z.url(),
    /** It is part of the metrics' namespace. */
    GROUP_NAME: z.string().min(1),
  }),
);
const logger = new Logger({ serviceName: "aggregation" });
const namespace = metricNamespace(env.GROUP_NAME);
const onUnreadable = reportUnreadable(logger, namespace);
const [db, sqs] = [documentClient(), queueClient()];

export const handler = createHandler({
  requests: new RequestReader(db, env.REQUEST_TABLE, onUnreadable),
  progress: new ProgressTable(db, env.PROGRESS_TABLE, onUnreadable),
  settlements: new SettlementQueue(db, env.PROGRESS_TABLE, new AsyncFunction(new LambdaClient({}), env.SHUTDOWN_ARN)),
  deadLetters: new DeadLetterQueue(sqs, env.FAILED_BATCHES_URL),
  onUnreadable,
  logger,
  namespace,
});
