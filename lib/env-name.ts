import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";

export const DEFAULT_ENV_NAME = "prod";

const PATTERN = "[a-z0-9][a-z0-9-]{0,19}";
const CONSTRAINT = "up to 20 lower-case letters, digits and hyphens";

export class EnvNameError extends Error {
  override readonly name = "EnvNameError";
  constructor(envName: unknown) {
    super(`-c envName=${envName}: it must be ${CONSTRAINT}, and must not begin with a hyphen`);
  }
}

/** The stack's `envName`: part of the names that must differ between deployments in one account and region. */
export function envNameParameter(scope: Construct, defaultName = DEFAULT_ENV_NAME): string {
  return new CfnParameter(scope, "envName", {
    default: defaultName,
    allowedPattern: PATTERN,
    constraintDescription: CONSTRAINT,
    description: "Name of this deployment; the Auto Scaling group is called prewarm_asg_<envName>",
  }).valueAsString;
}

/** The name that `cdk -c envName=…` gives, or the default without it. @throws EnvNameError */
export function chosenEnvName(context: unknown): string {
  if (context === undefined) return DEFAULT_ENV_NAME;
  if (typeof context !== "string" || !new RegExp(`^${PATTERN}$`).test(context)) throw new EnvNameError(context);
  return context;
}

/**
 * Id of an environment's own stack: `PrewarmStack-blue`, without a suffix for the default. So they exist side by side.
 */
export function stackIdOf(stack: string, envName: string): string {
  return envName === DEFAULT_ENV_NAME ? stack : `${stack}-${envName}`;
}
