// Provides the update that an operator makes to change who may call the API: all else stays as it was.
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
): Promise<void> {
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
