// What is told from AWS's answers about an account, each with the fault and without it.
import { accountChecks } from "../../../cli/doctor/account/checks.ts";
import { AccountReader } from "../../../cli/doctor/account/read-account.ts";
import type { Status } from "../../../cli/doctor/check/check.ts";
import { awsError } from "../../aws/client.ts";
import { type Answers, clientsAnswering, expectJudgement, judgementOf } from "./stubbed-clients.ts";

const NETWORK = { vpc: "vpc-1", subnets: ["subnet-1", "subnet-2"], sg: "sg-1", vpce: "vpce-1" };

const offers = (...pairs: readonly string[]) => ({
  DescribeInstanceTypeOfferings: {
    InstanceTypeOfferings: pairs.map((pair) => {
      const [Location, InstanceType] = pair.split(" ");
      return { Location, InstanceType };
    }),
  },
});
const ALL_OFFERS = ["a c7gn.large", "a c6gn.large", "b c7gn.large", "b c6gn.large"];
const quota = (value: number) => ({ GetServiceQuota: { Quota: { Value: value } } });
/** An account on the Free plan, and the Graviton types that it may launch. */
const freePlan = (...types: readonly string[]) => ({
  GetAccountPlanState: { accountPlanType: "FREE" },
  DescribeInstanceTypes: { InstanceTypes: types.map((InstanceType) => ({ InstanceType })) },
});

const route = (target: object, State = "active") => ({
  Routes: [
    { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active" },
    { DestinationCidrBlock: "0.0.0.0/0", State, ...target },
  ],
});
const tables = (...RouteTables: readonly object[]) => ({ DescribeRouteTables: { RouteTables } });
const of = (SubnetId: string) => ({ Associations: [{ SubnetId, Main: false }] });
const MAIN = { Associations: [{ Main: true }] };
const GATEWAY = route({ GatewayId: "igw-1" });
const NAT = route({ NatGatewayId: "nat-1" });

const EVERYWHERE = { IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const group = (rules: readonly object[], VpcId = "vpc-1") => ({
  DescribeSecurityGroups: { SecurityGroups: [{ VpcId, IpPermissionsEgress: rules }] },
});
const endpoint = (over: object = {}) => ({
  DescribeVpcEndpoints: {
    VpcEndpoints: [
      {
        VpcEndpointType: "Interface",
        ServiceName: "com.amazonaws.eu-west-1.execute-api",
        VpcId: "vpc-1",
        State: "Available",
        PrivateDnsEnabled: true,
        ...over,
      },
    ],
  },
});

/** VPC Block Public Access in this mode. @param exclusions ids of VPCs and subnets */
const blocked = (mode: string, exclusions: readonly string[] = [], over: object = {}) => ({
  DescribeVpcBlockPublicAccessOptions: {
    VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: mode, ExclusionsAllowed: "allowed" },
  },
  DescribeVpcBlockPublicAccessExclusions: {
    VpcBlockPublicAccessExclusions: exclusions.map((id) => ({
      State: "create-complete",
      InternetGatewayExclusionMode: "allow-bidirectional",
      ResourceArn: `arn:aws:ec2:eu-west-1:123456789012:vpc/${id}`,
      ...over,
    })),
  },
});
const EGRESS_ALONE = { InternetGatewayExclusionMode: "allow-egress" };

const GOOD: Answers = {
  DescribeAvailabilityZones: { AvailabilityZones: [{ ZoneName: "a" }, { ZoneName: "b" }] },
  ...offers(...ALL_OFFERS),
  ...quota(640),
  GetAccountPlanState: { accountPlanType: "PAID" },
  GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 1_000 } },
  GetEbsDefaultKmsKeyId: { KmsKeyId: "alias/aws/ebs" },
  GetRole: { Role: {} },
  ...blocked("off"),
  DescribeSubnets: {
    Subnets: [
      { SubnetId: "subnet-1", VpcId: "vpc-1", AvailabilityZone: "a", MapPublicIpOnLaunch: true },
      { SubnetId: "subnet-2", VpcId: "vpc-1", AvailabilityZone: "b", MapPublicIpOnLaunch: true },
    ],
  },
  ...group([{ ...EVERYWHERE, IpProtocol: "-1" }]),
  ...tables({ ...MAIN, ...GATEWAY }),
  ...endpoint(),
};

const checks = (answers: Answers, { network }: { network?: typeof NETWORK } = { network: NETWORK }) =>
  accountChecks({
    account: new AccountReader(clientsAnswering({ ...GOOD, ...answers })),
    types: ["c7gn.large", "c6gn.large"],
    network,
  });

test.each([
  ["a VPC that there is", { network: NETWORK }],
  ["a VPC that the stack makes", {}],
])("all is well in a good account, with %s", async (_, where) => {
  const all = checks({}, where);
  for (const { name } of all) expect(await judgementOf(all, name), name).toMatchObject({ status: "ok" });
});

test.each<[name: string, what: string, answers: Answers, status: Status, says: RegExp]>([
  ["instance types", "a zone lacks one", offers(...ALL_OFFERS.slice(0, 3)), "warn", /b lacks c6gn.large/],
  ["instance types", "a zone has none", offers("a c7gn.large"), "warn", /b offers none/],
  ["instance types", "no zone has any", offers(), "fail", /no Availability Zone offers any/],
  [
    "account plan",
    "none, before there were any",
    { GetAccountPlanState: awsError("ResourceNotFoundException") },
    "ok",
    /not/,
  ],
  ["account plan", "free", freePlan("t4g.small", "t4g.micro"), "warn", /none of the 2 default/],
  ["account plan", "free, where no type fits", freePlan(), "fail", /none of the 2 default/],
  ["account plan", "free, with a type that fits", freePlan("c6gn.large"), "ok", /launches c6gn.large/],
  [
    "account plan",
    "that may not be read",
    { GetAccountPlanState: awsError("AccessDeniedException") },
    "cannot-tell",
    /no permission/,
  ],
  ["Spot quota", "none at all", quota(0), "fail", /0 instances/],
  ["Spot quota", "of a new account", quota(5), "warn", /enough for 2 instances/],
  [
    "Spot quota",
    "which nobody has changed",
    { GetServiceQuota: awsError("NoSuchResourceException"), GetAWSDefaultServiceQuota: { Quota: { Value: 64 } } },
    "ok",
    /64 vCPUs/,
  ],
  [
    "Lambda concurrency",
    "of a new account",
    { GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10 } } },
    "warn",
    /10 concurrent/,
  ],
  [
    "default EBS key",
    "a customer's",
    { GetEbsDefaultKmsKeyId: { KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1" } },
    "warn",
    /customer managed key/,
  ],
  ["role for Spot", "missing", { GetRole: awsError("NoSuchEntityException") }, "warn", /does not exist/],
  [
    "route to the internet",
    "each subnet has its own",
    tables({ ...of("subnet-1"), ...GATEWAY }, MAIN),
    "fail",
    /-2 has no/,
  ],
  [
    "route to the internet",
    "the main table's",
    tables(of("subnet-1"), { ...MAIN, ...GATEWAY }),
    "fail",
    /-1 has no route/,
  ],
  [
    "route to the internet",
    "a subnet that assigns no public addresses",
    { DescribeSubnets: { Subnets: [{ SubnetId: "subnet-1", MapPublicIpOnLaunch: false }] } },
    "fail",
    /subnet-1 has a route to an internet gateway, but assigns no public IPv4 addresses/,
  ],
  ["route to the internet", "a NAT gateway", tables({ ...MAIN, ...NAT }), "warn", /NAT gateway/],
  ["route to the internet", "something else", tables({ ...MAIN, ...route({}) }), "warn", /unknown target/],
  [
    "route to the internet",
    "a gateway that is gone",
    tables({ ...MAIN, ...route({ GatewayId: "igw-1" }, "blackhole") }),
    "fail",
    /target no longer exists/,
  ],
  [
    "outbound rules of the security group",
    "both ports",
    group([80, 443].map((port) => ({ ...EVERYWHERE, FromPort: port, ToPort: port }))),
    "ok",
    /to all addresses/,
  ],
  [
    "outbound rules of the security group",
    "443 alone",
    group([{ ...EVERYWHERE, FromPort: 443, ToPort: 443 }]),
    "warn",
    /port 80/,
  ],
  [
    "outbound rules of the security group",
    "to the VPC alone",
    group([{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/16" }] }]),
    "warn",
    /some addresses only/,
  ],
  [
    "outbound rules of the security group",
    "80 alone",
    group([{ ...EVERYWHERE, FromPort: 80, ToPort: 80 }]),
    "fail",
    /no outbound traffic on port 443/,
  ],
  ["outbound rules of the security group", "nothing", group([]), "fail", /no outbound traffic/],
  [
    "outbound rules of the security group",
    "UDP is no TCP",
    group([{ ...EVERYWHERE, IpProtocol: "udp" }]),
    "fail",
    /no outbound traffic/,
  ],
  ["subnets and security group", "a group of another VPC", group([], "vpc-2"), "fail", /sg-1 is in vpc-2/],
  ["endpoint of the API", "without private DNS", endpoint({ PrivateDnsEnabled: false }), "warn", /no private DNS/],
  ["endpoint of the API", "a gateway", endpoint({ VpcEndpointType: "Gateway" }), "fail", /is a Gateway/],
  [
    "endpoint of the API",
    "of another service",
    endpoint({ ServiceName: "com.amazonaws.eu-west-1.sqs" }),
    "fail",
    /sqs/,
  ],
  ["endpoint of the API", "of another VPC", endpoint({ VpcId: "vpc-2" }), "fail", /in vpc-2/],
  ["endpoint of the API", "not yet there", endpoint({ State: "Pending" }), "fail", /is Pending/],
])("%s: %s", (name, _, answers, status, says) => expectJudgement(checks(answers), name, status, says));

test.each<[what: string, answers: Answers, status: Status, says: RegExp]>([
  ["both ways are blocked", blocked("block-bidirectional"), "warn", /block-bidirectional: instances cannot reach/],
  ["ingress alone is blocked", blocked("block-ingress"), "warn", /cannot reach/],
  [
    "an exclusion for egress alone, which does nothing for block-ingress",
    blocked("block-ingress", ["vpc-1"], EGRESS_ALONE),
    "warn",
    /cannot reach/,
  ],
  [
    "an exclusion for egress alone, where both ways are blocked",
    blocked("block-bidirectional", ["vpc-1"], EGRESS_ALONE),
    "ok",
    /excluded/,
  ],
  ["the VPC is excluded", blocked("block-ingress", ["vpc-1"]), "ok", /excluded/],
  ["every subnet is excluded", blocked("block-bidirectional", NETWORK.subnets), "ok", /excluded/],
  ["one subnet is excluded", blocked("block-ingress", ["subnet-1"]), "warn", /cannot reach/],
  ["an exclusion that is gone", blocked("block-ingress", ["vpc-1"], { State: "delete-complete" }), "warn", /cannot/],
])("VPC Block Public Access: %s", (_, answers, status, says) =>
  expectJudgement(checks(answers), "VPC Block Public Access", status, says),
);

test("a VPC that the stack makes is excluded once it is there", async () => {
  const own = checks(blocked("block-ingress", ["vpc-1"]), {});
  const next = expect.stringContaining("right after the stack has created it");
  expect(await judgementOf(own, "VPC Block Public Access")).toMatchObject({ status: "fail", next });
});

test("an account on the Free plan has two ways out", async () => {
  const judgement = await judgementOf(checks(freePlan("t4g.small", "t4g.micro")), "account plan");
  expect(judgement?.next).toMatch(/instanceTypes=t4g.micro,t4g.small, or upgrade: aws freetier /);
});
