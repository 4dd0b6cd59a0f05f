import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { documentClient } from "../adapters/clients.ts";
import { Fleet } from "../adapters/fleet.ts";
import { RequestTable } from "../adapters/request-table.ts";
import type { Env } from "./env.ts";

export interface WatchDeps {
  readonly requests: Pick<RequestTable, "active">;
  readonly fleet: Pick<Fleet, "state">;
  readonly logger: Pick<Logger, "info">;
}

export function createDeps(env: Env): WatchDeps {
  return {
    requests: new RequestTable(documentClient(), env.REQUEST_TABLE),
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
    logger: new Logger({ serviceName: "watch" }),
  };
}
