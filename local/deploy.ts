import { readFileSync, rmSync } from "node:fs";
import { GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import * as z from "zod";
import type { LocalClients } from "./clients.ts";
import type { Aws } from "./emulator.ts";
import { ROOT, RUN } from "./paths.ts";
import { run } from "./processes.ts";

const CDK = `${ROOT}node_modules/aws-cdk/bin/cdk`;
const outputsSchema = z.record(
  z.string(),
  z.object({ prewarmapikeyoutput: z.string(), prewarmapiEndpoint: z.string() }),
);

/** The deployed stack, as far as a user of its outputs knows it, and the names of its parts. */
export interface Deployed {
  readonly stackName: string;
  /** Id of the REST API. */
  readonly apiId: string;
  readonly apiKey: string;
  /** Physical name of a resource, by the start of its logical id and its type. */
  readonly resource: (logicalId: string, type: string) => string;
}

/** Runs `cdk bootstrap` and `cdk deploy`, as a user does, and reads the outputs. */
export async function deploy(
  aws: Aws,
  clients: LocalClients,
  stackName: string,
  parameters: Record<string, string> = {},
): Promise<Deployed> {
  const outputs = `${RUN}outputs-${stackName}.json`;
  rmSync(outputs, { force: true });
  await cdk(aws, ["bootstrap", `aws://${aws.env["AWS_ACCESS_KEY_ID"]}/${aws.region}`]);
  await cdk(aws, [
    "deploy",
    stackName,
    "--require-approval=never",
    `--outputs-file=${outputs}`,
    ...Object.entries(parameters).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]),
  ]);
  const stack = outputsSchema.parse(JSON.parse(readFileSync(outputs, "utf8")))[stackName];
  if (stack === undefined) throw new Error(`${outputs} has no outputs of ${stackName}`);
  const key = await clients.apiGateway.send(
    new GetApiKeyCommand({ apiKey: stack.prewarmapikeyoutput.split("/").at(-1), includeValue: true }),
  );
  const { StackResources = [] } = await clients.cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: stackName }),
  );
  return {
    stackName,
    apiId: new URL(stack.prewarmapiEndpoint).hostname.split(".", 1)[0] ?? "",
    apiKey: key.value ?? "",
    resource: (logicalId, type) => {
      const found = StackResources.find(
        (it) => it.LogicalResourceId?.startsWith(logicalId) && it.ResourceType === type,
      );
      if (found?.PhysicalResourceId === undefined) throw new Error(`${stackName} has no ${type} ${logicalId}`);
      return found.PhysicalResourceId;
    },
  };
}

async function cdk(aws: Aws, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...aws.env, CDK_DISABLE_CLI_TELEMETRY: "true", CI: "true" };
  return run(process.execPath, [CDK, ...args, "--no-notices", `--output=${RUN}cdk.out`], env, ROOT);
}
