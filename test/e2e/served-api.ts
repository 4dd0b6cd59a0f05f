// Provides what API Gateway serves of a stack's API.
import { GetDeploymentsCommand, GetRestApiCommand, GetStagesCommand } from "@aws-sdk/client-api-gateway";
import type { Stack } from "./stack.ts";

/** An API as its stage serves it. */
export interface Served {
  readonly policy: string;
  /** Id of the deployment that the stage is at. */
  readonly deployment: string;
  /** Ids of all there are. */
  readonly deployments: readonly string[];
}

export async function serving(stack: Stack): Promise<Served> {
  const { clients, deployed } = stack.prewarm;
  const { items = [] } = await clients.apiGateway.send(new GetDeploymentsCommand({ restApiId: deployed.apiId }));
  const deployments = items.map(({ id }) => id ?? "");
  return { policy: await apiPolicy(stack), deployments, deployment: await servedDeployment(stack) };
}

export async function apiPolicy({ prewarm: { clients, deployed } }: Stack): Promise<string> {
  const { policy = "" } = await clients.apiGateway.send(new GetRestApiCommand({ restApiId: deployed.apiId }));
  return policy;
}

export async function servedDeployment({ prewarm: { clients, deployed } }: Stack): Promise<string> {
  const { item } = await clients.apiGateway.send(new GetStagesCommand({ restApiId: deployed.apiId }));
  return item?.find(({ stageName }) => stageName === "prod")?.deploymentId ?? "";
}
