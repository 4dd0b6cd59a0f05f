import { CfnCondition, CfnParameter, Fn, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** Whether there are alarms and a dashboard: the stack's parameter `monitoring`, as a condition. */
export class IsWatched extends CfnCondition {
  constructor(scope: Construct, id: string) {
    const parameter = new CfnParameter(Stack.of(scope), "monitoring", {
      default: "on",
      allowedValues: ["on", "off"],
      description: "off: neither alarms nor a dashboard, so that the stack costs next to nothing while it is idle",
    });
    super(scope, id, { expression: Fn.conditionEquals(parameter.valueAsString, "on") });
  }
}
