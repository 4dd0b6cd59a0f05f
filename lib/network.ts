import * as ec2 from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

/** Where the agents run: their subnets, and the group that admits nobody to them. */
export interface AgentNetwork {
  readonly subnetIds: string[];
  readonly securityGroup: ec2.ISecurityGroup;
}

/**
 * A VPC of the project's own: two public subnets and no NAT, for agents only ever call out. S3 and DynamoDB are reached
 * by gateway endpoints, which cost nothing.
 */
export class Network extends Construct implements AgentNetwork {
  readonly subnetIds: string[];
  readonly securityGroup: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, "Vpc", {
      maxAzs: 2,
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
    this.securityGroup = new ec2.SecurityGroup(this, "Agents", {
      vpc,
      description: "Prewarm agents: nothing comes in",
      allowAllOutbound: true,
    });
  }
}
