import { APIGatewayClient, GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { StackPlace } from "./endpoint.ts";
import type { StackQuestions } from "./stack-outputs.ts";

/** AWS, with the credentials that its own command line would use. Import it when it is needed: it takes long to load. */
export function askAws({ profile, region }: StackPlace): StackQuestions {
  // The SDK warns of Node 20, so that who has it as a package updates it in time. In a bundle, nobody can.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const config = { ...(profile === undefined ? {} : { profile }), ...(region === undefined ? {} : { region }) };
  return {
    async outputs(stack) {
      const { Stacks = [] } = await new CloudFormationClient(config).send(
        new DescribeStacksCommand({ StackName: stack }),
      );
      const outputs = Stacks[0]?.Outputs ?? [];
      return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
    },
    async keyValue(id) {
      return (await new APIGatewayClient(config).send(new GetApiKeyCommand({ apiKey: id, includeValue: true }))).value;
    },
  };
}
