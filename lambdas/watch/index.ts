import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import * as z from "zod";
import { AskedLooks } from "../../aws/asked-looks.ts";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { EndingRequestTable } from "../../aws/ending-request-table.ts";
import { ExpandQueue } from "../../aws/expand-queue.ts";
import { Fleet } from "../../aws/fleet.ts";
import { Looks } from "../../aws/looks.ts";
import { ProgressReader } from "../../aws/progress-reader.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { StepQueue } from "../../aws/step-queue.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { patienceOf, stallSecondsSchema } from "../../domain/request/patience.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import { reportUnreadable } from "../unreadable.ts";
import { createHandler } from "./handler.ts";
import { SafetyNet } from "./safety-net.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    REQUEST_POP_TABLE: z.string().min(1),
    PROGRESS_TABLE: z.string().min(1),
    QUEUE_URL: z.url(),
    EXPRESS_QUEUE_URL: z.url(),
    STEP_QUEUE_URL: z.url(),
    EXPAND_QUEUE_URL: z.url(),
    STALL_SECONDS: stallSecondsSchema,
    /** It is part of the metrics' namespace, too. */
    GROUP_NAME: z.string().min(1),
  }),
);
const logger = new Logger({ serviceName: "watch" });
const namespace = metricNamespace(env.GROUP_NAME);
const onUnreadable = reportUnreadable(logger, namespace);
const db = documentClient();
const sqs = queueClient();
const steps = new StepQueue(sqs, env.STEP_QUEUE_URL);
const requests = new EndingRequestTable(db, env.REQUEST_TABLE, onUnreadable, steps);
const requestPops = new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable);
const patience = patienceOf(env.STALL_SECONDS);
const queue = new TaskQueue(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL });
const expandQueue = new ExpandQueue(sqs, env.EXPAND_QUEUE_URL);
const looks = new Looks(new AskedLooks(db, env.PROGRESS_TABLE), steps);

export const handler = createHandler({
  requests,
  progress: new ProgressReader(db, env.PROGRESS_TABLE, onUnreadable),
  fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
  safetyNet: new SafetyNet({ requests, requestPops, queue, expandQueue, looks, patience }),
  patience,
  logger,
  namespace,
});
