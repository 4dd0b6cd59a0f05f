import { setTimeout as sleep } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { queueClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { networkOf, networkVariables } from "../../aws/dns.ts";
import { Fleet } from "../../aws/fleet.ts";
import { Lists } from "../../aws/lists.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { ResolvedPops } from "../../aws/resolved-pops.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { capsSchema } from "../../domain/request/caps.ts";
import { Capacity, sharedAdapters } from "../runtime.ts";
import { createHandler } from "./handler.ts";

const name = z.string().min(1);
const env = readEnvironment(
  z.object({
    REQUEST_TABLE: name,
    REQUEST_POP_TABLE: name,
    PROGRESS_TABLE: name,
    BUCKET: name,
    QUEUE_URL: z.url(),
    EXPRESS_QUEUE_URL: z.url(),
    SHUTDOWN_ARN: name,
    GROUP_NAME: name,
    ...networkVariables,
  }),
);
const { logger, onUnreadable, db, requests } = sharedAdapters("task", env);

export const handler = createHandler({
  requests,
  requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnreadable),
  resolvedPops: new ResolvedPops(db, env.PROGRESS_TABLE, onUnreadable),
  lists: new Lists(new S3Client({}), env.BUCKET),
  queue: new TaskQueue(queueClient(), { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
  distributions: new Distributions(new CloudFrontClient({ maxAttempts: 8 })),
  dns: networkOf(env).dns,
  capacity: new Capacity(requests, new Fleet(new AutoScalingClient({}), env.GROUP_NAME)),
  caps: readEnvironment(capsSchema),
  logger,
  now: Date.now,
  sleep: (ms) => sleep(ms),
});
