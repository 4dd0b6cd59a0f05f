import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { networkOf, networkVariables } from "../../aws/dns.ts";
import { Fleet } from "../../aws/fleet.ts";
import { Lists } from "../../aws/lists.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { ResolvedPops } from "../../aws/resolved-pops.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/metrics.ts";
import { capVariables, readCaps } from "../../domain/request/caps.ts";
import { Capacity, reportUnreadable } from "../runtime.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    REQUEST_POP_TABLE: z.string().min(1),
    PROGRESS_TABLE: z.string().min(1),
    BUCKET: z.string().min(1),
    QUEUE_URL: z.url(),
    EXPRESS_QUEUE_URL: z.url(),
    SHUTDOWN_ARN: z.string().min(1),
    GROUP_NAME: z.string().min(1),
    MAX_TASKS: capVariables.MAX_TASKS,
    MAX_REQUEST_BYTES: capVariables.MAX_REQUEST_BYTES,
    ...networkVariables,
  }),
);
const db = documentClient();
const logger = new Logger({ serviceName: "task" });
const onUnreadable = reportUnreadable(logger, metricNamespace(env.GROUP_NAME));
const sqs = queueClient();
const shutdown = new AsyncFunction(new LambdaClient({}), env.SHUTDOWN_ARN);
const requests = new RequestTable(db, env.REQUEST_TABLE, onUnreadable, shutdown);

export const handler = createHandler({
  requests,
  requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable),
  resolvedPops: new ResolvedPops(db, env.PROGRESS_TABLE, onUnreadable),
  lists: new Lists(new S3Client({}), env.BUCKET),
  queue: new TaskQueue(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
  distributions: new Distributions(new CloudFrontClient({ maxAttempts: 8 })),
  dns: networkOf(env).dns,
  capacity: new Capacity(requests, new Fleet(new AutoScalingClient({}), env.GROUP_NAME)),
  caps: readCaps(env),
  logger,
  now: Date.now,
  sleep: (ms) => sleep(ms),
});
