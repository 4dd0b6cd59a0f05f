import { setTimeout as sleep } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { documentClient } from "../../aws/clients.ts";
import { Fleet } from "../../aws/fleet.ts";
import { UrlLists } from "../../aws/lists.ts";
import { queueClient } from "../../aws/queue-client.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { TaskResultTable } from "../../aws/request-task-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { Timer } from "../../aws/timer.ts";
import { Capacity } from "../capacity.ts";
import type { Env } from "./env.ts";

export interface ShutdownDeps {
  readonly requests: Pick<
    RequestTable,
    "get" | "isActive" | "active" | "amend" | "end" | "goOn" | "close" | "askToSettle" | "setInstanceCount"
  >;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly results: Pick<TaskResultTable, "of" | "putIfAbsent">;
  readonly lists: Pick<UrlLists, "read" | "write">;
  readonly queue: Pick<TaskQueue, "send" | "depth" | "drop">;
  readonly capacity: Pick<Capacity, "follow">;
  readonly timer: Pick<Timer, "cancel">;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export function createDeps(env: Env): ShutdownDeps {
  const db = documentClient();
  const requests = new RequestTable(db, env.REQUEST_TABLE);
  return {
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
  };
}
