import { type CfnParameter, Fn } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { inPartition } from "./in-china.ts";

/**
 * ARNs of the distributions in the stack's list, as the resources of a policy. The account is left open: a role reaches no
 * other account's distributions.
 */
export function distributionArns(scope: Construct, ids: CfnParameter): string[] {
  return inPartition(scope, (partition) => arnsIn(partition, ids));
}

function arnsIn(partition: string, ids: CfnParameter): string[] {
  const before = `arn:${partition}:cloudfront::*:distribution/`;
  return Fn.split(",", `${before}${Fn.join(`,${before}`, Fn.split(",", ids.valueAsString))}`);
}
