import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { documentClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { Dns } from "../../aws/dns.ts";
import { Fleet } from "../../aws/fleet.ts";
import { UrlLists } from "../../aws/lists.ts";
import { queueClient } from "../../aws/queue-client.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { Capacity } from "../capacity.ts";
import type { Env } from "./env.ts";

export interface TaskDeps {
  readonly requests: Pick<RequestTable, "get" | "isActive" | "advance" | "amend" | "end">;
  readonly requestPops: Pick<RequestPopTable, "put" | "of" | "get" | "markReady" | "markSent">;
  readonly lists: Pick<UrlLists, "read">;
  readonly queue: Pick<TaskQueue, "send">;
  readonly distributions: Pick<Distributions, "invalidate" | "isInvalidated">;
  readonly dns: Pick<Dns, "addresses">;
  readonly capacity: Pick<Capacity, "ensure">;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export function createDeps(env: Env): TaskDeps {
  const db = documentClient();
  const requests = new RequestTable(db, env.REQUEST_TABLE);
  return {
    requests,
    requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE),
    lists: new UrlLists(new S3Client({}), env.BUCKET),
    queue: new TaskQueue(queueClient(), env.QUEUE_URL),
    distributions: new Distributions(new CloudFrontClient({ maxAttempts: 8 })),
    dns: new Dns({
      servers: env.PREWARM_DNS_SERVERS,
      allowPrivateAddresses: env.PREWARM_ALLOW_PRIVATE_ADDRESSES,
    }),
    capacity: new Capacity(requests, new Fleet(new AutoScalingClient({}), env.GROUP_NAME)),
    logger: new Logger({ serviceName: "task" }),
    now: Date.now,
    sleep: (ms) => sleep(ms),
  };
}
