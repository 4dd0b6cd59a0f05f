import * as z from "zod";
import { CommandError } from "../command-error.ts";
import type { Endpoint, StackPlace } from "./endpoint.ts";

const outputsSchema = z.object({ prewarmapikeyoutput: z.string(), prewarmapiEndpoint: z.string() });

/** What is asked of AWS. */
export interface StackQuestions {
  /** The outputs of a stack by their names. */
  readonly outputs: (stack: string) => Promise<Readonly<Record<string, string>>>;
  /** The value of an API key. @param id of the key */
  readonly keyValue: (id: string) => Promise<string | undefined>;
}

/** Reads the outputs of a stack, and fetches the key. @throws CommandError that says what AWS refuses */
export async function stackEndpoint(place: StackPlace, ask: StackQuestions): Promise<Endpoint> {
  const { stack } = place;
  try {
    const outputs = outputsSchema.safeParse(await ask.outputs(stack)).data;
    if (outputs === undefined)
      throw new CommandError(
        `the stack ${stack} does not have the outputs of Prewarm`,
        "Wait until its deployment is complete, or name another one with --stack.",
      );
    return {
      url: outputs.prewarmapiEndpoint,
      key: place.key ?? (await fetchKey(outputs.prewarmapikeyoutput, ask)),
      from: `the stack ${stack}`,
    };
  } catch (error) {
    throw error instanceof CommandError ? error : inWords(error, place);
  }
}

/** @param output an id, or an ARN that ends in it */
async function fetchKey(output: string, ask: StackQuestions): Promise<string> {
  const id = output.split("/").at(-1) ?? "";
  const key = await ask.keyValue(id);
  if (key === undefined) throw new CommandError(`AWS returned no value for the key ${id}`, PERMISSIONS);
  return key;
}

const PERMISSIONS = "You need the permissions cloudformation:DescribeStacks, and apigateway:GET on /apikeys/*.";

function inWords(error: unknown, { stack, region }: StackPlace): CommandError {
  const [name, message] = error instanceof Error ? [error.name, error.message] : ["", String(error)];
  const next = nextStep(name, message, region);
  return new CommandError(`the stack ${stack} cannot be read: ${message}`, next, { cause: error });
}

function nextStep(name: string, message: string, region: string | undefined): string {
  if (/does not exist/.test(message))
    return `Name the stack with --stack, and its Region with --aws-region${region === undefined ? "" : ` (now ${region})`}.`;
  if (/AccessDenied|Unauthorized/.test(name)) return PERMISSIONS;
  if (/region/i.test(message)) return "Name the Region with --aws-region, such as us-east-1, or set AWS_REGION.";
  return "Check the credentials: aws sts get-caller-identity, with the same --profile. `aws sso login` renews those of SSO.";
}
