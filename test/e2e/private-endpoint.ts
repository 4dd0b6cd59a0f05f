// Provides the update that an operator makes to have a private API: another endpoint, all else as it was.
import { UpdateStackCommand, waitUntilStackUpdateComplete } from "@aws-sdk/client-cloudformation";
import type { Stack } from "./stack.ts";

const UNCHANGED = ["envName", "vpc", "subnet", "sg", "key"];
/** In seconds: how often CloudFormation is asked, and for how long. */
const PATIENCE = { minDelay: 1, maxDelay: 1, maxWaitTime: 60 };

/**
 * Updates a stack in an existing VPC, and waits for the end.
 * @param vpce the endpoint of the API; `""` makes it public
 * @param templateUrl default: the template that the stack has
 */
export async function changeEndpoint({ prewarm }: Stack, vpce: string, templateUrl?: string): Promise<void> {
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
      ],
    }),
  );
  await waitUntilStackUpdateComplete({ client, ...PATIENCE }, { StackName: stackName });
}
