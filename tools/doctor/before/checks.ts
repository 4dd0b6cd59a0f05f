import type { Check } from "../check.ts";
import type { Judgement } from "../judgement.ts";
import type { ExistingNetwork } from "../options.ts";
import type { AccountReader } from "../readers/account.ts";
import type { Ec2Reader } from "../readers/ec2.ts";
import { amiParameterOf, instanceTypesOf, type Template } from "../readers/template.ts";
import { told } from "../told.ts";
import { judgeAmi } from "./ami.ts";
import { judgeBlockPublicAccess } from "./block-public-access.ts";
import { BOOTSTRAP_PARAMETER, judgeBootstrap } from "./bootstrap.ts";
import { judgeEbsKey } from "./ebs-key.ts";
import { judgeInstanceTypes } from "./instance-types.ts";
import { judgeConcurrency } from "./lambda-concurrency.ts";
import { judgeNode } from "./node.ts";
import { judgeSpotQuota, SPOT_QUOTA } from "./spot-quota.ts";
import { judgeSpotRole, SPOT_ROLE } from "./spot-role.ts";
import { judgeEgress } from "./vpc-egress.ts";
import { judgeEndpoint } from "./vpc-endpoint.ts";
import { judgeMembers } from "./vpc-members.ts";
import { judgeVpcQuota, VPC_QUOTA } from "./vpc-quota.ts";
import { allHaveNat, judgeRoutes } from "./vpc-routes.ts";

export interface BeforeDeps {
  readonly ec2: Pick<Ec2Reader, keyof Ec2Reader>;
  readonly account: Pick<AccountReader, keyof AccountReader>;
  /** The template that would be deployed. */
  readonly template: () => Promise<Template>;
  /** A VPC that there is. @default the stack makes its own */
  readonly network?: ExistingNetwork | undefined;
}

/** What can be known before anything is deployed. */
export function beforeChecks(deps: BeforeDeps): Check[] {
  return [...accountChecks(deps), ...(deps.network === undefined ? [] : networkChecks(deps.ec2, deps.network))];
}

function accountChecks({ ec2, account, template, network }: BeforeDeps): Check[] {
  const no = "docs/operations.md#no-instances";
  const bootstrap = "docs/deploy.md#deploying";
  const checks: Check[] = [
    { ...check("Node.js", bootstrap, async () => judgeNode(process.versions.node)), ofTheAccount: false },
    check("instance types", no, async () => {
      const types = instanceTypesOf(await template());
      const [zones, offered] = await Promise.all([zonesOf(ec2, network), ec2.offerings(types)]);
      return judgeInstanceTypes({ types, zones, offered });
    }),
    check("Spot quota", no, async () => judgeSpotQuota(await account.quota(SPOT_QUOTA.service, SPOT_QUOTA.code))),
    check("Lambda concurrency", "docs/operations.md#function-throttles", async () =>
      judgeConcurrency(await account.concurrency()),
    ),
    check("default EBS key", no, async () => judgeEbsKey(await ec2.defaultEbsKey())),
    check("role for Spot", no, async () => judgeSpotRole(await account.hasRole(SPOT_ROLE))),
    check("CDK bootstrap", bootstrap, async () => judgeBootstrap(await account.parameter(BOOTSTRAP_PARAMETER))),
    check("image", no, async () => {
      const parameter = told(amiParameterOf(await template()), "image in the template");
      return judgeAmi({ parameter, value: await account.parameter(parameter) });
    }),
    check("VPC Block Public Access", "docs/operations.md#no-instances", async () => {
      const [options, exclusions] = await Promise.all([ec2.blockPublicAccess(), ec2.blockPublicAccessExclusions()]);
      const hasNat =
        network !== undefined && allHaveNat({ subnets: network.subnets, tables: await ec2.routeTables(network.vpc) });
      return judgeBlockPublicAccess({ options, exclusions, network, hasNat });
    }),
  ];
  if (network !== undefined) return checks;
  const vpcs = async () => {
    const [used, quota] = await Promise.all([ec2.vpcCount(), account.quota(VPC_QUOTA.service, VPC_QUOTA.code)]);
    return judgeVpcQuota({ used, quota });
  };
  return [...checks, check("VPC quota", "docs/deploy.md#in-a-vpc-of-its-own", vpcs)];
}

function networkChecks(ec2: BeforeDeps["ec2"], { vpc, subnets, sg, vpce }: ExistingNetwork): Check[] {
  const docs = "docs/deploy.md#in-a-vpc-that-you-have";
  const checks: Check[] = [
    check("subnets and group", docs, async () => {
      const [found, group] = await Promise.all([ec2.subnets(subnets), ec2.securityGroup(sg)]);
      const parts = [
        ...found.map(({ SubnetId = "", VpcId }) => ({ id: SubnetId, vpc: VpcId })),
        { id: sg, vpc: group.VpcId },
      ];
      return judgeMembers({ vpc, parts });
    }),
    check("way to the internet", docs, async () => judgeRoutes({ subnets, tables: await ec2.routeTables(vpc) })),
    check("way out of the group", docs, async () =>
      judgeEgress(told((await ec2.securityGroup(sg)).IpPermissionsEgress, "IpPermissionsEgress")),
    ),
  ];
  if (vpce === undefined) return checks;
  const endpoint = async () => judgeEndpoint({ vpc, endpoint: await ec2.endpoint(vpce) });
  return [...checks, check("endpoint of the API", "docs/deploy.md#parameters", endpoint)];
}

async function zonesOf(ec2: BeforeDeps["ec2"], network: ExistingNetwork | undefined): Promise<string[]> {
  if (network === undefined) return ec2.zones();
  const subnets = await ec2.subnets(network.subnets);
  return [...new Set(subnets.map(({ AvailabilityZone }) => told(AvailabilityZone, "AvailabilityZone")))].sort();
}

function check(name: string, docs: string, run: () => Promise<Judgement>): Check {
  return { phase: "before", name, docs, ofTheAccount: true, run };
}
