import { GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { DescribeStackResourcesCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import * as z from "zod";
import type { LocalClients } from "./clients.ts";

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
