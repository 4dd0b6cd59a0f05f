import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { FIRST_BYTE_SECONDS, MAX_FIRST_BYTE_SECONDS } from "../domain/request/limits.ts";

/** The stack's `firstByteSeconds`: an origin may take its time when nothing of an object is cached yet. */
export function firstByteSeconds(scope: Construct): string {
  return new CfnParameter(scope, "firstByteSeconds", {
    type: "Number",
    default: FIRST_BYTE_SECONDS,
    minValue: 1,
    maxValue: MAX_FIRST_BYTE_SECONDS,
    constraintDescription: `seconds from 1 to ${MAX_FIRST_BYTE_SECONDS}`,
    description: "How long an instance waits for the first byte of an answer, in seconds",
  }).valueAsString;
}
