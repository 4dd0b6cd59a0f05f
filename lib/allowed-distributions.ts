import { Aws, CfnCondition, type CfnParameter, Fn, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * ARNs of the distributions in the stack's list, as the resources of a policy. CloudFormation joins with fixed text alone
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html), so the
 * partition is told by a condition and the account is left open: a role reaches no other account's distributions.
 */
export function distributionArns(scope: Construct, ids: CfnParameter): string[] {
  const inChina = new CfnCondition(scope, "InChina", {
    expression: Fn.conditionEquals(Aws.PARTITION, "aws-cn"),
  });
  return Token.asList(Fn.conditionIf(inChina.logicalId, arnsIn("aws-cn", ids), arnsIn("aws", ids)));
}

function arnsIn(partition: string, ids: CfnParameter): string[] {
  const before = `arn:${partition}:cloudfront::*:distribution/`;
  return Fn.split(",", `${before}${Fn.join(`,${before}`, ids.valueAsList)}`);
}
