import { readFileSync } from "node:fs";
import { type CfnParameter, Fn } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { spotPriceParameter } from "./spot-price.ts";

export interface SettingsProps {
  readonly envName: string;
  readonly instanceTypes: string[];
  /** @default a public API */
  readonly vpce?: CfnParameter;
}

/** Variables of the API: what GET /settings tells of the deployment, and what an estimate is made for. */
export function settingsEnvironment(scope: Construct, props: SettingsProps): Record<string, string> {
  return {
    ENV_NAME: props.envName,
    VERSION: version(),
    INSTANCE_TYPES: Fn.join(",", props.instanceTypes),
    SPOT_PRICE_PER_HOUR: spotPriceParameter(scope),
    VPC_ENDPOINT: props.vpce?.valueAsString ?? "",
  };
}

/** Of the package, when the stack is synthesized. */
function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const version = /^ {2}"version": "([^"]+)"/m.exec(text)?.[1];
  if (version === undefined) throw new Error("package.json has no version");
  return version;
}
