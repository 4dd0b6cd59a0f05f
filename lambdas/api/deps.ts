import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { documentClient } from "../../aws/clients.ts";
import { Fleet } from "../../aws/fleet.ts";
import { UrlLists } from "../../aws/lists.ts";
import { queueClient } from "../../aws/queue-client.ts";
import { ReportLinks } from "../../aws/report-links.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { Timer, type TimerTarget } from "../../aws/timer.ts";
import type { Env } from "./env.ts";

export interface ApiDeps {
  readonly requests: Pick<RequestTable, "put" | "get" | "delete" | "active" | "end" | "setInstanceCount">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly lists: Pick<UrlLists, "read" | "write" | "delete">;
  readonly links: Pick<ReportLinks, "of">;
  readonly queue: Pick<TaskQueue, "depth">;
  readonly fleet: Pick<Fleet, "groupName" | "desiredCapacity" | "setDesiredCapacity" | "raiseTo" | "restore">;
  readonly timer: Pick<Timer, "set" | "cancel">;
  readonly timerTarget: TimerTarget;
  readonly logger: Pick<Logger, "info" | "error">;
  readonly now: () => Date;
  readonly newId: () => string;
}

export function createDeps(env: Env): ApiDeps {
  const db = documentClient();
  const s3 = new S3Client({});
  return {
    requests: new RequestTable(db, env.REQUEST_TABLE),
    requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE),
    lists: new UrlLists(s3, env.BUCKET),
    links: new ReportLinks(s3, env.BUCKET),
    queue: new TaskQueue(queueClient(), env.QUEUE_URL),
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
    timer: new Timer(new SchedulerClient({}), env.SCHEDULE_GROUP),
    timerTarget: { functionArn: env.SHUTDOWN_ARN, roleArn: env.SCHEDULE_ROLE_ARN },
    logger: new Logger({ serviceName: "api" }),
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
  };
}
