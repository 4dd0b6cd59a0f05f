import { Logger } from "@aws-lambda-powertools/logger";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { RestApi } from "../../aws/rest-api.ts";
import { AskingCloudFormation, type CustomResourceDeps } from "../custom-resource.ts";
import type { Env } from "./env.ts";

export interface RedeployApiDeps extends CustomResourceDeps {
  readonly api: Pick<RestApi, "deploy">;
  readonly logger: Pick<Logger, "info" | "error">;
}

export function createDeps(env: Env): RedeployApiDeps {
  return {
    api: new RestApi(new APIGatewayClient({}), env.REST_API),
    cloudFormation: new AskingCloudFormation(),
    logger: new Logger({ serviceName: "redeploy-api" }),
  };
}
