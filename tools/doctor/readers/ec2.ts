import {
  DescribeAvailabilityZonesCommand,
  type DescribeInstanceTypeOfferingsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  paginateDescribeInstanceTypeOfferings,
} from "@aws-sdk/client-ec2";
import { told } from "../told.ts";

/** What EC2 says of a region, and of a VPC in it. */
export class Ec2Reader {
  constructor(private readonly client: EC2Client) {}

  /** Names of the region's zones that are open to this account; no Local Zones. */
  async zones(): Promise<string[]> {
    const Filters = [{ Name: "zone-type", Values: ["availability-zone"] }];
    const { AvailabilityZones } = await this.client.send(new DescribeAvailabilityZonesCommand({ Filters }));
    return told(AvailabilityZones, "AvailabilityZones").map(({ ZoneName }) => told(ZoneName, "ZoneName"));
  }

  /** Which of the types each zone has. */
  async offerings(types: readonly string[]): Promise<{ zone: string; type: string }[]> {
    const input: DescribeInstanceTypeOfferingsCommand["input"] = {
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: [...types] }],
    };
    const found: { zone: string; type: string }[] = [];
    for await (const page of paginateDescribeInstanceTypeOfferings({ client: this.client }, input)) {
      for (const { Location, InstanceType } of told(page.InstanceTypeOfferings, "InstanceTypeOfferings"))
        found.push({ zone: told(Location, "Location"), type: told(InstanceType, "InstanceType") });
    }
    return found;
  }

  async vpcCount(): Promise<number> {
    // 5 by default and some hundred at most, so one page has them all.
    const { Vpcs } = await this.client.send(new DescribeVpcsCommand({ MaxResults: 1_000 }));
    return told(Vpcs, "Vpcs").length;
  }

  /** The key that encrypts volumes without a key of their own: `alias/aws/ebs`, or an ARN. */
  async defaultEbsKey(): Promise<string> {
    const { KmsKeyId } = await this.client.send(new GetEbsDefaultKmsKeyIdCommand({}));
    return told(KmsKeyId, "KmsKeyId");
  }

  async subnets(ids: readonly string[]) {
    const { Subnets } = await this.client.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }));
    return told(Subnets, "Subnets");
  }

  async routeTables(vpc: string) {
    const Filters = [{ Name: "vpc-id", Values: [vpc] }];
    const { RouteTables } = await this.client.send(new DescribeRouteTablesCommand({ Filters }));
    return told(RouteTables, "RouteTables");
  }

  async securityGroup(id: string) {
    const { SecurityGroups } = await this.client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    return told(SecurityGroups?.[0], `group ${id}`);
  }

  /** How VPC Block Public Access is set in this region. */
  async blockPublicAccess() {
    const { VpcBlockPublicAccessOptions } = await this.client.send(new DescribeVpcBlockPublicAccessOptionsCommand({}));
    return told(VpcBlockPublicAccessOptions, "VpcBlockPublicAccessOptions");
  }

  /** VPCs and subnets that VPC Block Public Access leaves alone: 50 at most, which is one page. */
  async blockPublicAccessExclusions() {
    const answer = await this.client.send(new DescribeVpcBlockPublicAccessExclusionsCommand({}));
    return told(answer.VpcBlockPublicAccessExclusions, "VpcBlockPublicAccessExclusions");
  }

  async endpoint(id: string) {
    const { VpcEndpoints } = await this.client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return told(VpcEndpoints?.[0], `endpoint ${id}`);
  }
}
