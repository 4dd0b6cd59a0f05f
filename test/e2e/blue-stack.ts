import { GetDeploymentsCommand, GetRestApiCommand, GetStagesCommand } from "@aws-sdk/client-api-gateway";
import { UpdateStackCommand, waitUntilStackUpdateComplete } from "@aws-sdk/client-cloudformation";
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { cdk } from "../../tools/local/cdk.ts";
import { readDeployed } from "../../tools/local/deployed.ts";
import { body, urls } from "./bodies.ts";
import { Stack } from "./stack.ts";

/** A stack beside the one that all tests use, as an operator makes it. */
export const BLUE = "PrewarmExistingVpcStack-blue";

/** An API as its stage serves it. */
export interface Served {
  readonly vpce: string;
  readonly policy: string;
  readonly deployment: string;
  readonly deployments: readonly string[];
}

export interface Blue {
  readonly stack: Stack;
  /** How the API was after each change of the endpoint. */
  readonly served: readonly Served[];
}

/** Launches the second stack, warms something through it, and makes it private, private otherwise, and public again. */
export async function launchBlue({ prewarm, metadata }: Stack): Promise<Blue> {
  const { aws, clients } = prewarm;
  const network = await makeNetwork(prewarm);
  const parameters = Object.entries(network).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]);
  await cdk(aws, ["deploy", BLUE, "-c", "envName=blue", "--require-approval=never", ...parameters]);
  const atWork = await prewarm.putToWork(await readDeployed(clients, BLUE));
  const stack = new Stack({ ...prewarm, ...atWork }, metadata);
  const reqId = await stack.start(body({ url_list: urls("/img/logo.svg"), pops: ["SIN2-C1"] }));
  const served = [await serving(stack, "")];
  for (const vpce of ["vpce-0aaaaaaaaaaaaaaaa", "vpce-0bbbbbbbbbbbbbbbb", ""]) {
    await clients.cloudFormation.send(
      new UpdateStackCommand({
        StackName: BLUE,
        UsePreviousTemplate: true,
        Capabilities: ["CAPABILITY_IAM"],
        Parameters: [
          ...["envName", ...Object.keys(network)].map((name) => ({ ParameterKey: name, UsePreviousValue: true })),
          { ParameterKey: "vpce", ParameterValue: vpce },
        ],
      }),
    );
    const waiting = { client: clients.cloudFormation, minDelay: 1, maxDelay: 1, maxWaitTime: 60 };
    await waitUntilStackUpdateComplete(waiting, { StackName: BLUE });
    served.push(await serving(stack, vpce));
  }
  await stack.until(reqId, "FINISHED");
  return { stack, served };
}

async function serving(stack: Stack, vpce: string): Promise<Served> {
  const { clients, deployed } = stack.prewarm;
  const restApiId = deployed.apiId;
  const { policy = "" } = await clients.apiGateway.send(new GetRestApiCommand({ restApiId }));
  const { items = [] } = await clients.apiGateway.send(new GetDeploymentsCommand({ restApiId }));
  const deployments = items.map(({ id }) => id ?? "");
  return { vpce, policy, deployments, deployment: await servedDeployment(stack) };
}

export async function servedDeployment({ prewarm: { clients, deployed } }: Stack): Promise<string> {
  const { item } = await clients.apiGateway.send(new GetStagesCommand({ restApiId: deployed.apiId }));
  return item?.find(({ stageName }) => stageName === "prod")?.deploymentId ?? "";
}

/** A network as an operator has it already. */
async function makeNetwork({ clients: { ec2 } }: Stack["prewarm"]): Promise<Record<string, string>> {
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }))).Vpc?.VpcId ?? "";
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.8.1.0/24" }));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "blue", Description: "blue" }),
  );
  await ec2.send(new CreateKeyPairCommand({ KeyName: "blue" }));
  return { vpc, subnet: Subnet?.SubnetId ?? "", sg: GroupId ?? "", key: "blue" };
}
