import { Aws, CfnCondition, Fn, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

const ID = "InChina";

/**
 * ARNs that are made of a list's values as they are deployed. CloudFormation joins with fixed text alone
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html), so the
 * partition is told by a condition.
 * @param arns of a partition
 */
export function inPartition(scope: Construct, arns: (partition: string) => string[]): string[] {
  const found = scope.node.tryFindChild(ID);
  const inChina = found instanceof CfnCondition ? found : new CfnCondition(scope, ID, { expression: isChina() });
  return Token.asList(Fn.conditionIf(inChina.logicalId, arns("aws-cn"), arns("aws")));
}

function isChina() {
  return Fn.conditionEquals(Aws.PARTITION, "aws-cn");
}
