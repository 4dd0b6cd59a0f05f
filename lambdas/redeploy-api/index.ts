import { Logger } from "@aws-lambda-powertools/logger";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import * as z from "zod";
import { CloudFormation, RestApi } from "../../aws/custom-resources.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(z.object({ REST_API: z.string().min(1) }));

export const handler = createHandler({
  api: new RestApi(new APIGatewayClient({}), env.REST_API),
  cloudFormation: new CloudFormation(),
  logger: new Logger({ serviceName: "redeploy-api" }),
});
