import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { documentClient } from "../../aws/clients.ts";
import { Fleet } from "../../aws/fleet.ts";
import { queueClient } from "../../aws/queue-client.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { TaskQueue } from "../../aws/task-queue.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import type { Env } from "./env.ts";
import { SafetyNet } from "./safety-net.ts";

export interface WatchDeps {
  readonly requests: Pick<RequestTable, "active">;
  readonly fleet: Pick<Fleet, "state">;
  readonly safetyNet: Pick<SafetyNet, "catch">;
  readonly logger: Pick<Logger, "info">;
  /** Of the metrics. */
  readonly namespace: string;
}

export function createDeps(env: Env): WatchDeps {
  const requests = new RequestTable(documentClient(), env.REQUEST_TABLE);
  return {
    requests,
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
    safetyNet: new SafetyNet(requests, new TaskQueue(queueClient(), env.QUEUE_URL)),
    logger: new Logger({ serviceName: "watch" }),
    namespace: metricNamespace(env.GROUP_NAME),
  };
}
