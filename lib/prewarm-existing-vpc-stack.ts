import { CfnParameter, CfnRule, Fn, Stack, Token } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { alarmEmailParameter } from "./alarm-email.ts";
import { prefixedSynthesizer } from "./code-prefix.ts";
import { envNameParameter } from "./env-name.ts";
import { instanceTypesParameter } from "./instance-types.ts";
import { Prewarm } from "./prewarm.ts";
import type { PrewarmStackProps } from "./prewarm-stack.ts";

/** Prewarm in an existing VPC. With `vpce`, its API is private. */
export class PrewarmExistingVpcStack extends Stack {
  constructor(scope: Construct, id: string, { envName: defaultEnvName, ...props }: PrewarmStackProps = {}) {
    super(scope, id, {
      description: "Prewarm: warms CloudFront edge locations (existing VPC)",
      synthesizer: prefixedSynthesizer(),
      ...props,
    });
    const parameter = (name: string, type: string, description: string) =>
      new CfnParameter(this, name, { type, description });
    const envName = envNameParameter(this, defaultEnvName);
    const vpc = parameter("vpc", "AWS::EC2::VPC::Id", "VPC to run the agents in");
    const subnet = parameter("subnet", "List<AWS::EC2::Subnet::Id>", "Public subnets of that VPC");
    const sg = parameter(
      "sg",
      "AWS::EC2::SecurityGroup::Id",
      "Security group of the agents: they call out, nobody calls in",
    );
    const key = parameter("key", "AWS::EC2::KeyPair::KeyName", "Key pair to log in to the agents with");
    const vpce = new CfnParameter(this, "vpce", {
      default: "",
      allowedPattern: "(vpce-[0-9a-f]+)?",
      constraintDescription: "empty, or the id of an interface endpoint: vpce-…",
      description: "Interface endpoint for execute-api: if given, the API is private and reached through it alone",
    });
    const alarmEmail = alarmEmailParameter(this);
    const instanceTypes = instanceTypesParameter(this);
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
    new Prewarm(this, "Prewarm", {
      envName,
      alarmEmail,
      instanceTypes,
      network: {
        subnetIds: subnet.valueAsList,
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(this, "SecurityGroup", sg.valueAsString, {
          mutable: false,
        }),
      },
      keyPair: ec2.KeyPair.fromKeyPairName(this, "KeyPair", key.valueAsString),
      vpce,
    });
  }
}
