import { Logger } from "@aws-lambda-powertools/logger";
import { documentClient } from "../adapters/clients.ts";
import { RequestTable } from "../adapters/request-table.ts";
import type { Env } from "./env.ts";

export interface AggregationDeps {
  readonly requests: Pick<RequestTable, "get" | "addProgress" | "askToSettle">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

export function createDeps(env: Env): AggregationDeps {
  return {
    requests: new RequestTable(documentClient(), env.REQUEST_TABLE),
    logger: new Logger({ serviceName: "aggregation" }),
  };
}
