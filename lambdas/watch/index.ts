import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import * as z from "zod";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { Fleet } from "../../aws/fleet.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import { reportUnreadable } from "../unreadable.ts";
import { createHandler } from "./handler.ts";
import { SafetyNet } from "./safety-net.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    QUEUE_URL: z.url(),
    EXPRESS_QUEUE_URL: z.url(),
    /** It is part of the metrics' namespace, too. */
    GROUP_NAME: z.string().min(1),
  }),
);
const logger = new Logger({ serviceName: "watch" });
const namespace = metricNamespace(env.GROUP_NAME);
const requests = new RequestTable(documentClient(), env.REQUEST_TABLE, reportUnreadable(logger, namespace));

export const handler = createHandler({
  requests,
  fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
  safetyNet: new SafetyNet(
    requests,
    new TaskQueue(queueClient(), { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
  ),
  logger,
  namespace,
});
