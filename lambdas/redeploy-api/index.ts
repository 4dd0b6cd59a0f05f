import { Logger } from "@aws-lambda-powertools/logger";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import * as z from "zod";
import { answerCloudFormation, deployApi } from "../../aws/custom-resources.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { createApiDeployer } from "../custom-resources.ts";

const env = readEnvironment(z.object({ REST_API: nameVariable }));

const client = new APIGatewayClient({});

export const handler = createApiDeployer({
  deploy: () => deployApi(client, env.REST_API),
  answer: answerCloudFormation,
  logger: new Logger({ serviceName: "redeploy-api" }),
});
