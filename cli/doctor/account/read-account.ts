import {
  DescribeAvailabilityZonesCommand,
  type DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointsCommand,
  GetEbsDefaultKmsKeyIdCommand,
  paginateDescribeInstanceTypeOfferings,
} from "@aws-sdk/client-ec2";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { nameOf, required } from "../check/aws-errors.ts";
import { GetAccountPlanStateCommand } from "../check/free-tier.ts";
import type { AwsClients } from "../check/place.ts";

/** What an account may do and has in a region, and what EC2 says of a VPC in it. */
export class AccountReader {
  constructor(private readonly clients: Pick<AwsClients, "ec2" | "freeTier" | "iam" | "lambda" | "quotas">) {}

  /** A quota as it holds for this account; where nobody has ever changed it, the default of AWS. */
  async quota(ServiceCode: string, QuotaCode: string): Promise<number> {
    const input = { ServiceCode, QuotaCode };
    try {
      return required((await this.clients.quotas.send(new GetServiceQuotaCommand(input))).Quota?.Value, "Quota.Value");
    } catch (error) {
      if (nameOf(error) !== "NoSuchResourceException") throw error;
      const { Quota } = await this.clients.quotas.send(new GetAWSDefaultServiceQuotaCommand(input));
      return required(Quota?.Value, "Quota.Value");
    }
  }

  /** How many executions of functions may run at once, in all. */
  async concurrency(): Promise<number> {
    const { AccountLimit } = await this.clients.lambda.send(new GetAccountSettingsCommand({}));
    return required(AccountLimit?.ConcurrentExecutions, "AccountLimit.ConcurrentExecutions");
  }

  async hasRole(RoleName: string): Promise<boolean> {
    try {
      required((await this.clients.iam.send(new GetRoleCommand({ RoleName }))).Role, "Role");
      return true;
    } catch (error) {
      if (nameOf(error).startsWith("NoSuchEntity")) return false;
      throw error;
    }
  }

  /** Names of the region's zones that are open to this account; no Local Zones. */
  async zones(): Promise<string[]> {
    const Filters = [{ Name: "zone-type", Values: ["availability-zone"] }];
    const { AvailabilityZones } = await this.clients.ec2.send(new DescribeAvailabilityZonesCommand({ Filters }));
    return required(AvailabilityZones, "AvailabilityZones").map(({ ZoneName }) => required(ZoneName, "ZoneName"));
  }

  /** Which of the types each zone has. */
  async offerings(types: readonly string[]): Promise<{ zone: string; type: string }[]> {
    const input: DescribeInstanceTypeOfferingsCommand["input"] = {
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: [...types] }],
    };
    const found: { zone: string; type: string }[] = [];
    for await (const page of paginateDescribeInstanceTypeOfferings({ client: this.clients.ec2 }, input)) {
      for (const { Location, InstanceType } of required(page.InstanceTypeOfferings, "InstanceTypeOfferings"))
        found.push({ zone: required(Location, "Location"), type: required(InstanceType, "InstanceType") });
    }
    return found;
  }

  /** The account's plan, FREE or PAID; undefined: it is older than the plans, or in a partition without them. */
  async plan(): Promise<string | undefined> {
    if (!/^(af|ap|ca|eu|il|me|mx|sa|us)-(?!gov|iso)/.test(await this.clients.ec2.config.region())) return undefined;
    try {
      const { accountPlanType } = await this.clients.freeTier.send(new GetAccountPlanStateCommand());
      return required(accountPlanType, "accountPlanType");
    } catch (error) {
      if (nameOf(error) === "ResourceNotFoundException") return undefined;
      throw error;
    }
  }

  /** Graviton types that an account on the Free plan may launch here. */
  async freePlanTypes(): Promise<string[]> {
    const Filters = [
      { Name: "free-tier-eligible", Values: ["true"] },
      { Name: "processor-info.supported-architecture", Values: ["arm64"] },
    ];
    // Without MaxResults, all are on one page.
    const { InstanceTypes } = await this.clients.ec2.send(new DescribeInstanceTypesCommand({ Filters }));
    return required(InstanceTypes, "InstanceTypes").map(({ InstanceType }) => required(InstanceType, "InstanceType"));
  }

  /** The key that encrypts volumes without a key of their own: `alias/aws/ebs`, or an ARN. */
  async defaultEbsKey(): Promise<string> {
    const { KmsKeyId } = await this.clients.ec2.send(new GetEbsDefaultKmsKeyIdCommand({}));
    return required(KmsKeyId, "KmsKeyId");
  }

  async subnets(ids: readonly string[]) {
    const { Subnets } = await this.clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }));
    return required(Subnets, "Subnets");
  }

  async routeTables(vpc: string) {
    const Filters = [{ Name: "vpc-id", Values: [vpc] }];
    const { RouteTables } = await this.clients.ec2.send(new DescribeRouteTablesCommand({ Filters }));
    return required(RouteTables, "RouteTables");
  }

  async securityGroup(id: string) {
    const { SecurityGroups } = await this.clients.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    return required(SecurityGroups?.[0], `group ${id}`);
  }

  /** How VPC Block Public Access is set in this region. */
  async blockPublicAccess() {
    const { VpcBlockPublicAccessOptions } = await this.clients.ec2.send(
      new DescribeVpcBlockPublicAccessOptionsCommand({}),
    );
    return required(VpcBlockPublicAccessOptions, "VpcBlockPublicAccessOptions");
  }

  /** VPCs and subnets that VPC Block Public Access leaves alone: 50 at most, which is one page. */
  async blockPublicAccessExclusions() {
    const answer = await this.clients.ec2.send(new DescribeVpcBlockPublicAccessExclusionsCommand({}));
    return required(answer.VpcBlockPublicAccessExclusions, "VpcBlockPublicAccessExclusions");
  }

  async endpoint(id: string) {
    const { VpcEndpoints } = await this.clients.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return required(VpcEndpoints?.[0], `endpoint ${id}`);
  }
}
