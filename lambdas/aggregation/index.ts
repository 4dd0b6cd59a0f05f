import { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import { reportUnreadable } from "../unreadable.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    DEAD_LETTER_QUEUE_URL: z.url(),
    /** It is part of the metrics' namespace. */
    GROUP_NAME: z.string().min(1),
  }),
);
const logger = new Logger({ serviceName: "aggregation" });
const namespace = metricNamespace(env.GROUP_NAME);
const onUnreadable = reportUnreadable(logger, namespace);

export const handler = createHandler({
  requests: new RequestTable(documentClient(), env.REQUEST_TABLE, onUnreadable),
  deadLetters: new DeadLetterQueue(queueClient(), env.DEAD_LETTER_QUEUE_URL),
  onUnreadable,
  logger,
  namespace,
});
