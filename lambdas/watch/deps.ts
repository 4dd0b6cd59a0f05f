import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { metricNamespace } from "../../contracts/metrics.ts";
import { documentClient } from "../adapters/clients.ts";
import { Fleet } from "../adapters/fleet.ts";
import { queueClient } from "../adapters/queue-client.ts";
import { RequestTable } from "../adapters/request-table.ts";
import { SafetyNet } from "../adapters/safety-net.ts";
import { TaskQueue } from "../adapters/task-queue.ts";
import type { Env } from "./env.ts";

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
