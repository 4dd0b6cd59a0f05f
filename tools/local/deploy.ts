import { existsSync } from "node:fs";
import { GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { DescribeStackResourcesCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import * as z from "zod";
import type { LocalClients } from "./clients.ts";
import type { Aws } from "./emulator.ts";
import { ROOT, RUN } from "./paths.ts";
import { run } from "./processes.ts";

/** Runs `cdk bootstrap`, as a user does once for each account and region. */
export async function bootstrap(aws: Aws): Promise<void> {
  await cdk(aws, ["bootstrap", `aws://${aws.env["AWS_ACCESS_KEY_ID"]}/${aws.region}`]);
}

/** What `cdk synth` has made already, if `PREWARM_ASSEMBLY` names it: the tests deploy the same templates and bundles many times. */
function synthesized(stackName: string): string[] {
  const { PREWARM_ASSEMBLY: assemblies } = process.env;
  const assembly = `${assemblies}/${stackName}`;
  return assemblies !== undefined && existsSync(assembly) ? [`--app=${assembly}`] : [];
}

/** The context by which a user chooses a stack of this name: the CDK app has one. */
function contextOf(stackName: string): string[] {
  const [, existingVpc, envName] = /^Prewarm(ExistingVpc)?Stack(?:-(.+))?$/.exec(stackName) ?? [];
  return [
    ...(existingVpc === undefined ? [] : ["-c", "existingVpc=true"]),
    ...(envName === undefined ? [] : ["-c", `envName=${envName}`]),
  ];
}

/** Runs `cdk deploy`, as a user does. */
export async function deploy(
  aws: Aws,
  clients: LocalClients,
  stackName: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Deployed> {
  const values = Object.entries(parameters).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]);
  const choice = [...contextOf(stackName), ...synthesized(stackName)];
  await cdk(aws, ["deploy", ...choice, "--require-approval=never", ...values]);
  return readDeployed(clients, stackName);
}

const outputsSchema = z.object({ prewarmapikeyoutput: z.string(), prewarmapiEndpoint: z.string() });

/** A deployed stack, as far as a user of its outputs knows it, and the names of its parts. */
export interface Deployed {
  readonly stackName: string;
  /** Id of the REST API. */
  readonly apiId: string;
  readonly apiKey: string;
  /** The parameter of that name; empty: every address may call the API. */
  readonly allowedCidrs: string;
  /** Physical name of a resource, by the start of its logical id and its type. */
  readonly resource: (logicalId: string, type: string) => string;
}

/** Reads what a stack consists of, however it was launched. */
export async function readDeployed(clients: LocalClients, stackName: string): Promise<Deployed> {
  const { Stacks } = await clients.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = outputsSchema.parse(
    Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
  );
  const key = await clients.apiGateway.send(
    new GetApiKeyCommand({ apiKey: outputs.prewarmapikeyoutput.split("/").at(-1), includeValue: true }),
  );
  const { StackResources = [] } = await clients.cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: stackName }),
  );
  return {
    stackName,
    apiId: new URL(outputs.prewarmapiEndpoint).hostname.split(".", 1)[0] ?? "",
    apiKey: key.value ?? "",
    allowedCidrs: Stacks?.[0]?.Parameters?.find((it) => it.ParameterKey === "allowedCidrs")?.ParameterValue ?? "",
    resource: (logicalId, type) => {
      const found = StackResources.find(
        (it) => it.LogicalResourceId?.startsWith(logicalId) && it.ResourceType === type,
      );
      if (found?.PhysicalResourceId === undefined) throw new Error(`${stackName} has no ${type} ${logicalId}`);
      return found.PhysicalResourceId;
    },
  };
}

const CDK = `${ROOT}node_modules/aws-cdk/bin/cdk`;

/** Runs the CDK command line as a user does, in a folder with a CDK app; what it synthesizes goes to `output`. */
export async function cdk(
  aws: Aws,
  args: readonly string[],
  app: string = ROOT,
  output = `${RUN}cdk.out`,
): Promise<string> {
  const env = { ...process.env, ...aws.env, CDK_DISABLE_CLI_TELEMETRY: "true", CI: "true" };
  return run(process.execPath, [CDK, ...args, "--no-notices", `--output=${output}`], env, app);
}

/** Runs `cdk destroy`, as a user does, and says yes. */
export async function destroy(aws: Aws, stackName: string): Promise<void> {
  await cdk(aws, ["destroy", ...contextOf(stackName), "--force"]);
}

// Provides the network that an operator has already, for stacks that go into an existing VPC.

/** Ids of a network's parts, each under the name of the stack's parameter. `subnet` has two, with a comma between. */
export type Network = Readonly<Record<"vpc" | "subnet" | "sg" | "key", string>>;

/** Makes a VPC with two subnets, a security group and a key pair; group and key pair have the name. */
export async function existingNetwork({ ec2 }: LocalClients, name: string): Promise<Network> {
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc?.VpcId ?? "";
  const subnet = async (CidrBlock: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock }))).Subnet?.SubnetId ?? "";
  const group = await ec2.send(new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: name, Description: name }));
  await ec2.send(new CreateKeyPairCommand({ KeyName: name }));
  return {
    vpc,
    subnet: `${await subnet("10.9.1.0/24")},${await subnet("10.9.2.0/24")}`,
    sg: group.GroupId ?? "",
    key: name,
  };
}
