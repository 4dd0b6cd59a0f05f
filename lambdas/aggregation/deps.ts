import { Logger } from "@aws-lambda-powertools/logger";
import { documentClient } from "../../aws/clients.ts";
import { DeadLetters } from "../../aws/dead-letter-queue.ts";
import { queueClient } from "../../aws/queue-client.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { metricNamespace } from "../../domain/telemetry/metrics.ts";
import type { Env } from "./env.ts";

export interface AggregationDeps {
  readonly requests: Pick<RequestTable, "get" | "addProgress" | "askToSettle">;
  readonly deadLetters: Pick<DeadLetters, "bury">;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Of the metrics. */
  readonly namespace: string;
}

export function createDeps(env: Env): AggregationDeps {
  return {
    requests: new RequestTable(documentClient(), env.REQUEST_TABLE),
    deadLetters: new DeadLetters(queueClient(), env.DEAD_LETTER_QUEUE_URL),
    logger: new Logger({ serviceName: "aggregation" }),
    namespace: metricNamespace(env.GROUP_NAME),
  };
}
