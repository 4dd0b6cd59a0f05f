// Provides who may call a stack's API: the update that an operator makes to change it, and what API Gateway serves then.
import { GetDeploymentsCommand, GetRestApiCommand, GetStagesCommand } from "@aws-sdk/client-api-gateway";
import { UpdateStackCommand, waitUntilStackUpdateComplete } from "@aws-sdk/client-cloudformation";
import type { Stack } from "./stack.ts";

const UNCHANGED = ["envName", "vpc", "subnet", "sg", "key"];
/** In seconds: how often CloudFormation is asked, and for how long. */
const PATIENCE = { minDelay: 1, maxDelay: 1, maxWaitTime: 60 };

/** Parameters that say who may call an API; what is left out becomes empty: everybody. */
export interface ApiAccess {
  /** The endpoint of a private API. */
  readonly vpce?: string;
  readonly allowedCidrs?: string;
}

/**
 * Updates a stack in an existing VPC, and waits for the end.
 * @param templateUrl default: the template that the stack has
 */
export async function changeAccess(
  { prewarm }: Stack,
  { vpce = "", allowedCidrs = "" }: ApiAccess,
  templateUrl?: string,
) {
  const client = prewarm.clients.cloudFormation;
  const { stackName } = prewarm.deployed;
  await client.send(
    new UpdateStackCommand({
      StackName: stackName,
      ...(templateUrl === undefined ? { UsePreviousTemplate: true } : { TemplateURL: templateUrl }),
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: [
        ...UNCHANGED.map((name) => ({ ParameterKey: name, UsePreviousValue: true })),
        { ParameterKey: "vpce", ParameterValue: vpce },
        { ParameterKey: "allowedCidrs", ParameterValue: allowedCidrs },
      ],
    }),
  );
  await waitUntilStackUpdateComplete({ client, ...PATIENCE }, { StackName: stackName });
}

/** The API as its stage serves it: its policy, the id of the deployment that the stage is at, and the ids of all there are. */
export async function serving(stack: Stack) {
  const { clients, deployed } = stack.prewarm;
  const { items = [] } = await clients.apiGateway.send(new GetDeploymentsCommand({ restApiId: deployed.apiId }));
  const deployments = items.map(({ id }) => id ?? "");
  return { policy: await apiPolicy(stack), deployments, deployment: await servedDeployment(stack) };
}

export async function apiPolicy({ prewarm: { clients, deployed } }: Stack) {
  const { policy = "" } = await clients.apiGateway.send(new GetRestApiCommand({ restApiId: deployed.apiId }));
  return policy;
}

export async function servedDeployment({ prewarm: { clients, deployed } }: Stack) {
  const { item } = await clients.apiGateway.send(new GetStagesCommand({ restApiId: deployed.apiId }));
  return item?.find(({ stageName }) => stageName === "prod")?.deploymentId ?? "";
}
