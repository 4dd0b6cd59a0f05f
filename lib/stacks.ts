import { Aws, CfnRule, DefaultStackSynthesizer, Fn, Stack, type StackProps, Token } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { Network } from "./network.ts";
import { addParameters, EXISTING_VPC, isGiven, NEW_VPC } from "./parameters.ts";
import { Prewarm } from "./prewarm.ts";

interface PrewarmStackProps extends StackProps {
  /** Default of the parameter of that name. @default prod */
  readonly envName?: string;
}

/** Prewarm in a VPC of its own. */
export class PrewarmStack extends Stack {
  constructor(scope: Construct, id: string, { envName, ...props }: PrewarmStackProps = {}) {
    super(scope, id, {
      description: "Prewarm: warms CloudFront edge locations (new VPC)",
      synthesizer: prefixedSynthesizer(),
      ...props,
    });
    const parameters = addParameters(this, NEW_VPC, envName);
    new Prewarm(this, "Prewarm", { parameters, network: new Network(this, "Network", parameters.zones) });
  }
}

/** Prewarm in an existing VPC. With `vpce`, its API is private. */
export class PrewarmExistingVpcStack extends Stack {
  constructor(scope: Construct, id: string, { envName, ...props }: PrewarmStackProps = {}) {
    super(scope, id, {
      description: "Prewarm: warms CloudFront edge locations (existing VPC)",
      synthesizer: prefixedSynthesizer(),
      ...props,
    });
    const parameters = addParameters(this, EXISTING_VPC, envName);
    const { vpc, subnet, sg, key, vpce } = parameters;
    // A rule can read which VPC a subnet is in, but of a security group only its tags:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
    new CfnRule(this, "SubnetsInVpc", {
      assertions: [
        {
          assert: Fn.conditionEachMemberEquals(
            Token.asList({ "Fn::ValueOf": [subnet.logicalId, "VpcId"] }),
            vpc.valueAsString,
          ),
          assertDescription: "Every subnet must lie in the VPC that is given as vpc",
        },
      ],
    });
    const hasKey = isGiven(this, "HasKeyPair", key.valueAsString);
    new Prewarm(this, "Prewarm", {
      parameters,
      network: {
        subnetIds: subnet.valueAsList,
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(this, "SecurityGroup", sg.valueAsString, {
          mutable: false,
        }),
      },
      keyName: Fn.conditionIf(hasKey.logicalId, key.valueAsString, Aws.NO_VALUE).toString(),
      vpcEndpointId: vpce.valueAsString,
    });
  }
}

/** In front of the keys of this project's code, in CDK's bucket, where other projects' code lies as well. */
export const CODE_PREFIX = "prewarm/";

/** CDK's usual way to deploy, with the code under the prefix, which the policies of roles name. */
export function prefixedSynthesizer(): DefaultStackSynthesizer {
  return new DefaultStackSynthesizer({ bucketPrefix: CODE_PREFIX });
}
