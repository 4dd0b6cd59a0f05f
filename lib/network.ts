import { Aws, CfnCondition, type CfnParameter, Fn } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import { Construct, DependencyGroup, type IDependable } from "constructs";

/** Where the agents run: their subnets, and the group that admits nobody to them. */
export interface AgentNetwork {
  readonly subnetIds: string[];
  readonly securityGroup: ec2.ISecurityGroup;
  /**
   * What connects the subnets to the internet, if it is part of this stack. Instances have public addresses, and a
   * gateway cannot be detached from a VPC in which there are any:
   * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
   * @default the connection is somebody else's
   */
  readonly internet?: IDependable;
}

/**
 * A VPC of the project's own: a public subnet in each of three zones and no NAT, for agents only ever call out. S3 and
 * DynamoDB are reached by gateway endpoints, which cost nothing.
 */
export class Network extends Construct implements AgentNetwork {
  readonly subnetIds: string[];
  readonly securityGroup: ec2.ISecurityGroup;
  readonly internet: IDependable;

  constructor(scope: Construct, id: string, zones: CfnParameter) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, "Vpc", {
      // Each zone has Spot capacity of its own.
      availabilityZones: threeZones(this, zones),
      natGateways: 0,
      // It would take a function of its own to empty a group that nothing is in.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: "Public", subnetType: ec2.SubnetType.PUBLIC }],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    this.subnetIds = vpc.publicSubnets.map(({ subnetId }) => subnetId);
    // The routes, which depend on the gateway's attachment. The VPC's own property means the gateway alone.
    this.internet = new DependencyGroup(...vpc.publicSubnets.map((subnet) => subnet.internetConnectivityEstablished));
    this.securityGroup = new ec2.SecurityGroup(this, "Agents", {
      vpc,
      description: "Prewarm agents: nothing comes in",
      allowAllOutbound: true,
    });
  }
}

/**
 * Three of the region's zones, as CloudFormation lists them. Where the account has two, the third is the first one again:
 * `Fn::Select` fails behind the end of a list, and two subnets of a group may lie in one zone. us-west-1 shows two to new
 * accounts; for others there is the stack's parameter `zones`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
 */
function threeZones(scope: Construct, zones: CfnParameter): string[] {
  const isTwo = Fn.conditionEquals(zones.valueAsString, "2");
  const { logicalId: hasTwo } = new CfnCondition(scope, "HasTwoZones", {
    expression: Fn.conditionOr(isTwo, Fn.conditionEquals(Aws.REGION, "us-west-1")),
  });
  const zone = (index: number) => Fn.select(index, Fn.getAzs());
  return [zone(0), zone(1), Fn.conditionIf(hasTwo, zone(0), zone(2)).toString()];
}
