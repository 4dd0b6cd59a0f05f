import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The stack's `spotPricePerHour`, for estimates: no bid, and it changes nothing that runs. */
export function spotPriceParameter(scope: Construct): string {
  return new CfnParameter(scope, "spotPricePerHour", {
    type: "Number",
    default: 0,
    minValue: 0,
    maxValue: 100,
    description:
      "What an instance costs an hour on Spot here, in dollars, for estimates (dry_run); 0: about 40% of the On-Demand price of us-east-1",
  }).valueAsString;
}
