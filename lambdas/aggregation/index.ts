import * as z from "zod";
import { queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { ProgressTable } from "../../aws/progress-table.ts";
import { SettlementQueue } from "../../aws/settlement-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { sharedAdapters } from "../runtime.ts";
import { createHandler } from "./handler.ts";

const name = z.string().min(1);
const env = readEnvironment(
  z.object({
    REQUEST_TABLE: name,
    PROGRESS_TABLE: name,
    SHUTDOWN_ARN: name,
    FAILED_BATCHES_URL: z.url(),
    /** It is part of the metrics' namespace. */
    GROUP_NAME: name,
  }),
);
const { logger, namespace, onUnreadable, db, shutdown, requests } = sharedAdapters("aggregation", env);

export const handler = createHandler({
  requests,
  progress: new ProgressTable(db, env.PROGRESS_TABLE, onUnreadable),
  settlements: new SettlementQueue(db, env.PROGRESS_TABLE, shutdown),
  deadLetters: new DeadLetterQueue(queueClient(), env.FAILED_BATCHES_URL),
  onUnreadable,
  logger,
  namespace,
});
