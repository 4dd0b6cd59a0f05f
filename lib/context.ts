// What `cdk -c name=value` gives, checked before anything is synthesized.

/** A context value that is not as it must be; the message is one line. */
export class ContextError extends Error {
  override readonly name = "ContextError";
}

export const DEFAULT_ENV_NAME = "prod";

export const ENV_NAME_PATTERN = "[a-z0-9][a-z0-9-]{0,19}";
export const ENV_NAME_CONSTRAINT = "up to 20 lower-case letters, digits and hyphens";

/** The name that `cdk -c envName=…` gives, or the default without it. @throws ContextError */
export function chosenEnvName(context: unknown): string {
  if (context === undefined) return DEFAULT_ENV_NAME;
  if (typeof context === "string" && new RegExp(`^${ENV_NAME_PATTERN}$`).test(context)) return context;
  throw new ContextError(`-c envName=${context}: it must be ${ENV_NAME_CONSTRAINT}, and must not begin with a hyphen`);
}

/** Whether `cdk -c existingVpc=true` chooses the stack in an existing VPC. @throws ContextError */
export function choosesExistingVpc(context: unknown): boolean {
  if (context === undefined || String(context) === "false") return false;
  if (String(context) === "true") return true;
  throw new ContextError(`-c existingVpc=${context}: it must be true or false`);
}

/**
 * Id of an environment's own stack: `PrewarmStack-blue`, without a suffix for the default. So they exist side by side.
 */
export function stackIdOf(stack: string, envName: string): string {
  return envName === DEFAULT_ENV_NAME ? stack : `${stack}-${envName}`;
}

/** A resource has at most 50 tags, of which CDK and CloudFormation set a few: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 40;
/** Characters that every service allows in keys and values. */
const TAG_TEXT = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const TAG_KEY = new RegExp(`^(?!aws:)${TAG_TEXT}{1,128}$`, "iu");
const TAG_VALUE = new RegExp(`^${TAG_TEXT}{0,256}$`, "u");
const TAG_RULE =
  "a key has 1 to 128 characters and must not begin with aws:, a value has at most 256 characters; letters, digits, spaces and _ . : / = + - @ are allowed";

/**
 * Tags for all resources: `cdk -c tags=Team=media,CostCenter=42`, or an object in cdk.json.
 * @throws ContextError
 */
export function chosenTags(context: unknown): Readonly<Record<string, string>> {
  if (context === undefined || context === "") return {};
  const pairs = typeof context === "string" ? context.split(",").map(pairOf) : pairsOf(context);
  if (pairs.length > MAX_TAGS) throw new ContextError(`-c tags: at most ${MAX_TAGS} tags; got ${pairs.length}`);
  for (const [index, [key, value]] of pairs.entries()) {
    if (!TAG_KEY.test(key) || !TAG_VALUE.test(value))
      throw new ContextError(`-c tags: ${TAG_RULE}; got '${key}=${value}'`);
    // IAM takes keys that differ in case alone for the same.
    if (pairs.findIndex(([other]) => other.toLowerCase() === key.toLowerCase()) !== index)
      throw new ContextError(`-c tags: the key '${key}' is given twice (upper and lower case are the same)`);
  }
  return Object.fromEntries(pairs);
}

function pairOf(text: string): [key: string, value: string] {
  const [key = "", value] = text.split(/=(.*)/s);
  if (value === undefined) throw new ContextError(`-c tags: each tag is key=value, separated by commas; got '${text}'`);
  return [key.trim(), value.trim()];
}

function pairsOf(context: unknown): [key: string, value: string][] {
  if (typeof context !== "object" || context === null || Array.isArray(context))
    throw new ContextError(`-c tags: key=value pairs, or an object in cdk.json; got ${JSON.stringify(context)}`);
  return Object.entries(context).map(([key, value]) => [key, String(value)]);
}
