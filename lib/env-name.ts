import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The stack's `envName`: part of the names that must differ between deployments in one account and region. */
export function envNameParameter(scope: Construct): string {
  return new CfnParameter(scope, "envName", {
    default: "prod",
    allowedPattern: "[a-z0-9][a-z0-9-]{0,19}",
    constraintDescription: "up to 20 lower-case letters, digits and hyphens",
    description: "Name of this deployment; the Auto Scaling group is called prewarm_asg_<envName>",
  }).valueAsString;
}
