import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The stack's `alarmEmail`. */
export function alarmEmailParameter(scope: Construct): CfnParameter {
  return new CfnParameter(scope, "alarmEmail", {
    default: "",
    allowedPattern: "([^@\\s]+@[^@\\s]+)?",
    constraintDescription: "empty, or an e-mail address",
    description: "Address that alarms are sent to; it gets a mail first that it has to confirm",
  });
}
