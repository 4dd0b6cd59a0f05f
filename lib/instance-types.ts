import { CfnParameter } from "aws-cdk-lib";
import type { CfnAutoScalingGroup } from "aws-cdk-lib/aws-autoscaling";
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

/** Percent above the cheapest type that make a type too dear. This high, it means: never. */
const NO_PRICE_PROTECTION = 999_999;

/**
 * The types of the list, of which EC2 takes those that a zone has and passes over the others. An override for each type
 * would have to be supported in every zone, and could not be made of a list that is a parameter.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-mixed-instances-group-attribute-based-instance-type-selection.html
 */
export function instanceRequirements(instanceTypes: string[]): CfnAutoScalingGroup.InstanceRequirementsProperty {
  return {
    // Both are required. The list says all that is wanted, so nothing else is to leave out a type of it.
    vCpuCount: { min: 1 },
    memoryMiB: { min: 1 },
    allowedInstanceTypes: instanceTypes,
    // The image and the code are for Graviton.
    cpuManufacturers: ["amazon-web-services"],
    burstablePerformance: "included",
    spotMaxPricePercentageOverLowestPrice: NO_PRICE_PROTECTION,
  };
}
