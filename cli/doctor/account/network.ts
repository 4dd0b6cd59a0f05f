import type { IpPermission, RouteTable, Subnet, VpcEndpoint } from "@aws-sdk/client-ec2";
import { required } from "../check/aws-errors.ts";
import { type Check, checker, fail, type Judgement, ok, warn } from "../check/check.ts";
import type { ExistingNetwork } from "../check/options.ts";
import type { AccountReader } from "./read-account.ts";

const check = checker({ phase: "before", awsOnly: true });

/** Whether instances in a VPC that there is reach the internet and, for a private API, its endpoint. */
export function networkChecks(ec2: AccountReader, { vpc, subnets, sg, vpce }: ExistingNetwork): Check[] {
  const docs = "docs/deploy.md#in-a-vpc-that-you-have";
  const checks = [
    check("subnets and security group", docs, () => judgeMembers(ec2, { vpc, subnets, sg })),
    check("route to the internet", docs, async () =>
      judgeRoutes(await ec2.subnets(subnets), await ec2.routeTables(vpc)),
    ),
    check("outbound rules of the security group", docs, async () =>
      judgeEgress(required((await ec2.securityGroup(sg)).IpPermissionsEgress, "IpPermissionsEgress")),
    ),
  ];
  if (vpce === undefined) return checks;
  const endpoint = async () => judgeEndpoint(vpc, await ec2.endpoint(vpce));
  return [...checks, check("endpoint of the API", "docs/deploy.md#parameters", endpoint)];
}

/** CloudFormation checks the subnets and cannot check the group; the launch fails if it is of another VPC. */
async function judgeMembers(
  ec2: AccountReader,
  { vpc, subnets, sg }: Pick<ExistingNetwork, "vpc" | "subnets" | "sg">,
): Promise<Judgement> {
  const [found, group] = await Promise.all([ec2.subnets(subnets), ec2.securityGroup(sg)]);
  const parts = [...found.map(({ SubnetId, VpcId }) => ({ id: SubnetId, of: VpcId })), { id: sg, of: group.VpcId }];
  const strangers = parts.filter((part) => part.of !== vpc);
  if (strangers.length === 0) return ok(`the subnets and the security group are in ${vpc}`);
  const says = strangers.map((part) => `${part.id} is in ${part.of ?? "no VPC"}`).join("; ");
  return fail(`${says}, not in ${vpc}`, "use subnets and a security group in the same VPC");
}

type Way = "gateway" | "nat" | "other" | "blackhole" | "none";

const WAYS: Readonly<Record<Way | "no address", string>> = {
  gateway: "a route to an internet gateway",
  "no address": "a route to an internet gateway, but assigns no public IPv4 addresses",
  nat: "a NAT gateway, which AWS bills by the byte",
  other: "a route to the internet through an unknown target",
  blackhole: "a route to the internet whose target no longer exists",
  none: "no route to the internet",
};

/**
 * Whether each subnet's traffic reaches the internet. A subnet without a table of its own has the VPC's main one:
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
 * An internet gateway serves only instances with a public address, which the subnet assigns:
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
 * @param tables all of the VPC
 */
function judgeRoutes(subnets: readonly Subnet[], tables: readonly RouteTable[]): Judgement {
  const next =
    "use subnets with a route for 0.0.0.0/0 to an internet gateway that assign public IPv4 addresses: aws ec2 modify-subnet-attribute --map-public-ip-on-launch --subnet-id …";
  const ways = subnets.map(({ SubnetId: subnet = "", MapPublicIpOnLaunch }) => {
    const way = wayOut(subnet, tables);
    return { subnet, way: way === "gateway" && MapPublicIpOnLaunch !== true ? "no address" : way } as const;
  });
  const says = (some: typeof ways) => some.map(({ subnet, way }) => `${subnet} has ${WAYS[way]}`).join("; ");
  const cut = ways.filter(({ way }) => way === "none" || way === "blackhole" || way === "no address");
  if (cut.length > 0) return fail(says(cut), next);
  const around = ways.filter(({ way }) => way !== "gateway");
  if (around.length > 0) return warn(says(around), next);
  return ok(`all ${subnets.length} subnets have a route to an internet gateway and assign public IPv4 addresses`);
}

function wayOut(subnet: string, tables: readonly RouteTable[]): Way {
  const own = tables.find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === subnet));
  const main = tables.find(({ Associations }) => Associations?.some(({ Main }) => Main === true));
  const route = (own ?? main)?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  if (route === undefined) return "none";
  if (route.State === "blackhole") return "blackhole";
  if (route.GatewayId?.startsWith("igw-") === true) return "gateway";
  return route.NatGatewayId === undefined ? "other" : "nat";
}

/** What agents connect to. DNS is not among them: a group does not filter what goes to the VPC's own resolver. */
const PORTS = [443, 80];

/**
 * Whether the security group lets agents out.
 * @param rules the group's outbound rules: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
function judgeEgress(rules: readonly IpPermission[]): Judgement {
  const next = "add rules to the security group that allow outbound TCP 443 and 80 to 0.0.0.0/0";
  const closed = PORTS.filter((port) => !rules.some((rule) => covers(rule, port)));
  if (closed.includes(443)) return fail("the security group allows no outbound traffic on port 443", next);
  const narrow = PORTS.filter((port) => !rules.some((rule) => covers(rule, port) && goesEverywhere(rule)));
  if (narrow.includes(443))
    return warn("the security group allows outbound traffic on port 443 to some addresses only", next);
  if (narrow.length > 0)
    return warn(
      "the security group does not allow outbound traffic on port 80 to all addresses",
      `${next}, if you warm http:// URLs`,
    );
  return ok("the security group allows outbound traffic on ports 443 and 80 to all addresses");
}

/** -1 is every protocol, on every port. */
function covers({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission, port: number): boolean {
  if (IpProtocol === "-1") return true;
  return (IpProtocol === "tcp" || IpProtocol === "6") && FromPort <= port && port <= ToPort;
}

function goesEverywhere({ IpRanges = [] }: IpPermission): boolean {
  return IpRanges.some(({ CidrIp }) => CidrIp === "0.0.0.0/0");
}

/**
 * Whether a private API can be reached through an endpoint. Without private DNS, the API's own address does not lead there:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
 */
function judgeEndpoint(vpc: string, endpoint: VpcEndpoint): Judgement {
  const { ServiceName = "", State, VpcId, VpcEndpointType, PrivateDnsEnabled } = endpoint;
  const next = "use an interface endpoint for execute-api in this VPC, with private DNS";
  if (VpcEndpointType !== "Interface" || !ServiceName.endsWith(".execute-api"))
    return fail(`the endpoint is a ${VpcEndpointType} for ${ServiceName}`, next);
  if (VpcId !== vpc) return fail(`the endpoint is in ${VpcId}, not in ${vpc}`, next);
  // The API writes it in lower case, the type of the SDK does not.
  if (State?.toLowerCase() !== "available") return fail(`the endpoint is ${State}`, "wait until it is available");
  if (PrivateDnsEnabled === true) return ok("the endpoint is available, with private DNS");
  return warn("the endpoint has no private DNS", "enable private DNS, or call the API by the DNS name of the endpoint");
}

const EXCLUDE =
  "aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-bidirectional --vpc-id …";

/**
 * Whether VPC Block Public Access disconnects the instances from the internet: both of its modes block internet gateways, also for
 * connections that an instance opens. `block-ingress` leaves NAT gateways alone:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html
 * An exclusion that allows egress alone applies to `block-bidirectional` alone:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessExclusion.html
 * @param network where the instances will be; undefined: in a VPC that the stack makes
 */
export async function judgeBlockPublicAccess(
  ec2: AccountReader,
  network: ExistingNetwork | undefined,
): Promise<Judgement> {
  const [{ InternetGatewayBlockMode: mode = "off" }, exclusions] = await Promise.all([
    ec2.blockPublicAccess(),
    ec2.blockPublicAccessExclusions(),
  ]);
  if (mode === "off") return ok("VPC Block Public Access is off");
  const excluded = exclusions
    .filter(({ State }) => State === "create-complete" || State === "update-complete")
    .filter((it) => mode === "block-bidirectional" || it.InternetGatewayExclusionMode === "allow-bidirectional")
    .map(({ ResourceArn = "" }) => ResourceArn.split("/").at(-1));
  const blocks = `VPC Block Public Access in this Region is ${mode}`;
  if (network === undefined)
    return fail(
      `${blocks}: instances could not reach the internet through an internet gateway`,
      `exclude the VPC right after the stack has created it: ${EXCLUDE}`,
    );
  if (excluded.includes(network.vpc) || network.subnets.every((subnet) => excluded.includes(subnet)))
    return ok(`${blocks}, and the VPC or the subnets of the instances are excluded from it`);
  return warn(
    `${blocks}: instances cannot reach the internet through an internet gateway`,
    `exclude the VPC, unless the mode is block-ingress and the subnets use a NAT gateway: ${EXCLUDE}`,
  );
}
