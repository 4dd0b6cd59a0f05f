import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Graviton types: first those with much network, then broad fallbacks, of several sizes and generations so that Spot has
 * a choice in every region. The order does not matter.
 */
const DEFAULT_TYPES = [
  ...["c7gn.medium", "c7gn.large", "c7gn.xlarge", "c6gn.medium", "c6gn.large", "c6gn.xlarge"],
  ...["c7g.large", "c7g.xlarge", "c6g.large", "c6g.xlarge", "m7g.large", "m7g.xlarge"],
];

/** `c7gn.large`, or `c7gn.*` for every size: the letter after the generation says Graviton. */
const PATTERN = "[a-z]+[0-9]+g[a-z]*\\.([0-9a-z-]+|\\*)";

/** The stack's `instanceTypes`. CloudFormation checks each member of the list against the pattern. */
export function instanceTypesParameter(scope: Construct): string[] {
  return new CfnParameter(scope, "instanceTypes", {
    type: "CommaDelimitedList",
    default: DEFAULT_TYPES.join(","),
    allowedPattern: PATTERN,
    constraintDescription: "Graviton instance types, such as c7gn.large or c7gn.*, separated by commas",
    description: "Instance types of the agents, all Graviton; a type that a zone lacks is passed over",
  }).valueAsList;
}
