import type { APIGateway } from "@aws-sdk/client-api-gateway";
import type { CloudFormation } from "@aws-sdk/client-cloudformation";
import * as z from "zod";
import { CommandError } from "../command-error.ts";
import type { Endpoint, StackPlace } from "./endpoint.ts";

const outputsSchema = z.object({ prewarmapikeyoutput: z.string(), prewarmapiEndpoint: z.string() });

/** The clients that are asked. */
export interface StackClients {
  readonly cloudFormation: Pick<CloudFormation, "describeStacks">;
  readonly apiGateway: Pick<APIGateway, "getApiKey">;
}

/** Loads the AWS SDK when it is needed: it takes longer to load than the rest of the command. */
export async function stackClients({ profile, region }: StackPlace): Promise<StackClients> {
  const [{ CloudFormation }, { APIGateway }] = await Promise.all([
    import("@aws-sdk/client-cloudformation"),
    import("@aws-sdk/client-api-gateway"),
  ]);
  const config = { ...(profile === undefined ? {} : { profile }), ...(region === undefined ? {} : { region }) };
  return { cloudFormation: new CloudFormation(config), apiGateway: new APIGateway(config) };
}

/** Reads the outputs of a stack, and fetches the key. @throws CommandError that says what AWS refuses */
export async function stackEndpoint(
  place: StackPlace,
  { cloudFormation, apiGateway }: StackClients,
): Promise<Endpoint> {
  const { stack } = place;
  try {
    const { Stacks = [] } = await cloudFormation.describeStacks({ StackName: stack });
    const outputs = outputsSchema.safeParse(
      Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    ).data;
    if (outputs === undefined)
      throw new CommandError(
        `the stack ${stack} has not the outputs of Prewarm`,
        "Wait until its deployment is complete, or name another one with --stack.",
      );
    // The output is an id, or an ARN that ends in it.
    const apiKey = outputs.prewarmapikeyoutput.split("/").at(-1);
    const { value } = await apiGateway.getApiKey({ apiKey, includeValue: true });
    if (value === undefined) throw new CommandError(`AWS tells no value of the key ${apiKey}`, PERMISSIONS);
    return { url: outputs.prewarmapiEndpoint, key: value, from: `the stack ${stack}` };
  } catch (error) {
    throw error instanceof CommandError ? error : inWords(error, place);
  }
}

const PERMISSIONS = "You need cloudformation:DescribeStacks, and apigateway:GET on /apikeys/*.";

function inWords(error: unknown, { stack, region }: StackPlace): CommandError {
  const [name, message] = error instanceof Error ? [error.name, error.message] : ["", String(error)];
  const next = nextStep(name, message, region);
  return new CommandError(`the stack ${stack} cannot be read: ${message}`, next, { cause: error });
}

function nextStep(name: string, message: string, region: string | undefined): string {
  if (/does not exist/.test(message))
    return `Name the stack with --stack, and its AWS region with --region${region === undefined ? "" : ` (now ${region})`}.`;
  if (/AccessDenied|Unauthorized/.test(name)) return PERMISSIONS;
  if (/region/i.test(message)) return "Name the AWS region with --region, such as us-east-1, or set AWS_REGION.";
  return "Check the credentials: aws sts get-caller-identity, with the same --profile. `aws sso login` renews those of SSO.";
}
