// The name of a deployment, as `cdk -c envName=…` gives it.
export const DEFAULT_ENV_NAME = "prod";

export const ENV_NAME_PATTERN = "[a-z0-9][a-z0-9-]{0,19}";
export const ENV_NAME_CONSTRAINT = "up to 20 lower-case letters, digits and hyphens";

export class EnvNameError extends Error {
  override readonly name = "EnvNameError";
  constructor(envName: unknown) {
    super(`-c envName=${envName}: it must be ${ENV_NAME_CONSTRAINT}, and must not begin with a hyphen`);
  }
}

/** The name that `cdk -c envName=…` gives, or the default without it. @throws EnvNameError */
export function chosenEnvName(context: unknown): string {
  if (context === undefined) return DEFAULT_ENV_NAME;
  if (typeof context !== "string" || !new RegExp(`^${ENV_NAME_PATTERN}$`).test(context))
    throw new EnvNameError(context);
  return context;
}

/**
 * Id of an environment's own stack: `PrewarmStack-blue`, without a suffix for the default. So they exist side by side.
 */
export function stackIdOf(stack: string, envName: string): string {
  return envName === DEFAULT_ENV_NAME ? stack : `${stack}-${envName}`;
}
