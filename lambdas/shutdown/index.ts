import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import * as z from "zod";
import { documentClient, queueClient } from "../../aws/clients.ts";
import { Fleet } from "../../aws/fleet.ts";
import { UrlLists } from "../../aws/lists.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { TaskResultTable } from "../../aws/request-task-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { Timer } from "../../aws/timer.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { Capacity } from "../capacity.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    REQUEST_POP_TABLE: z.string().min(1),
    REQUEST_TASK_TABLE: z.string().min(1),
    BUCKET: z.string().min(1),
    QUEUE_URL: z.url(),
    GROUP_NAME: z.string().min(1),
    SCHEDULE_GROUP: z.string().min(1),
  }),
);
const db = documentClient();
const requests = new RequestTable(db, env.REQUEST_TABLE);

export const handler = createHandler({
  requests,
  requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE),
  results: new TaskResultTable(db, env.REQUEST_TASK_TABLE),
  lists: new UrlLists(new S3Client({}), env.BUCKET),
  queue: new TaskQueue(queueClient(), env.QUEUE_URL),
  capacity: new Capacity(requests, new Fleet(new AutoScalingClient({}), env.GROUP_NAME)),
  timer: new Timer(new SchedulerClient({}), env.SCHEDULE_GROUP),
  logger: new Logger({ serviceName: "shutdown" }),
  now: Date.now,
  sleep: (ms) => sleep(ms),
});
