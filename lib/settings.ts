import { readFileSync } from "node:fs";
import type { Parameters } from "./parameters.ts";

/**
 * Variables of the API: what GET /settings returns of the deployment, and what an estimate is based on.
 * @param vpcEndpointId empty: the API is public
 */
export function settingsEnvironment(parameters: Parameters, vpcEndpointId: string): Record<string, string> {
  return {
    ENV_NAME: parameters.envName.valueAsString,
    VERSION: version(),
    INSTANCE_TYPES: parameters.instanceTypes.valueAsString,
    ON_DEMAND_PERCENT: parameters.onDemandPercent.valueAsString,
    SPOT_PRICE_PER_HOUR: parameters.spotPricePerHour.valueAsString,
    VPC_ENDPOINT: vpcEndpointId,
  };
}

/** Of the package, when the stack is synthesized. */
function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const version = /^ {2}"version": "([^"]+)"/m.exec(text)?.[1];
  if (version === undefined) throw new Error("package.json has no version");
  return version;
}
