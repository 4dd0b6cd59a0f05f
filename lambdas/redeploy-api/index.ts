import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import * as z from "zod";
import { deployApi } from "../../aws/stack-resources.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { createApiDeployer } from "../custom-resources.ts";

const env = readEnvironment(z.object({ REST_API: nameVariable }));

const client = new APIGatewayClient({ maxAttempts: 1 });

export const handler = createApiDeployer(() => deployApi(client, env.REST_API));
