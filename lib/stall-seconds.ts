import { CfnParameter, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { STALL_SECONDS } from "../domain/request/patience.ts";

const ID = "stallSeconds";

/** The stack's `stallSeconds`, the same parameter for all that ask. */
export function stallSeconds(scope: Construct): string {
  const stack = Stack.of(scope);
  const known = stack.node.tryFindChild(ID);
  if (known instanceof CfnParameter) return known.valueAsString;
  return new CfnParameter(stack, ID, {
    type: "Number",
    default: STALL_SECONDS,
    minValue: 5,
    maxValue: 7_200,
    constraintDescription: "seconds from 5 to 7200",
    description: "Without a result or a sign of life for so many seconds, a request's missing tasks are queued again",
  }).valueAsString;
}
