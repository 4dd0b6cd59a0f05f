// What is told from the answers about an account, each with the fault and without it.
import { describe, expect, test } from "vitest";
import { judgeAmi } from "../../../tools/doctor/before/ami.ts";
import { judgeBlockPublicAccess } from "../../../tools/doctor/before/block-public-access.ts";
import { judgeBootstrap } from "../../../tools/doctor/before/bootstrap.ts";
import { judgeEbsKey } from "../../../tools/doctor/before/ebs-key.ts";
import { judgeInstanceTypes } from "../../../tools/doctor/before/instance-types.ts";
import { judgeConcurrency } from "../../../tools/doctor/before/lambda-concurrency.ts";
import { judgeNode } from "../../../tools/doctor/before/node.ts";
import { judgeSpotQuota } from "../../../tools/doctor/before/spot-quota.ts";
import { judgeSpotRole } from "../../../tools/doctor/before/spot-role.ts";
import { judgeEgress } from "../../../tools/doctor/before/vpc-egress.ts";
import { judgeEndpoint } from "../../../tools/doctor/before/vpc-endpoint.ts";
import { judgeMembers } from "../../../tools/doctor/before/vpc-members.ts";
import { judgeVpcQuota } from "../../../tools/doctor/before/vpc-quota.ts";
import { allHaveNat, judgeRoutes } from "../../../tools/doctor/before/vpc-routes.ts";
import type { Judgement } from "../../../tools/doctor/judgement.ts";

type Row = [string, Judgement["status"], Judgement, RegExp];

const TYPES = ["c7gn.large", "c6gn.large"];
const ZONES = ["eu-west-1a", "eu-west-1b"];
const offers = (...pairs: [string, string][]) => ({
  types: TYPES,
  zones: ZONES,
  offered: pairs.map(([zone, type]) => ({ zone, type })),
});
const everywhere = { IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const route = (target: object, State: "active" | "blackhole" = "active") => ({
  Routes: [
    { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active" as const },
    { DestinationCidrBlock: "0.0.0.0/0", State, ...target },
  ],
});
const own = (SubnetId: string) => ({ Associations: [{ SubnetId, Main: false }] });
const main = { Associations: [{ Main: true }] };
const endpoint = (over: object = {}) => ({
  vpc: "vpc-1",
  endpoint: {
    VpcEndpointType: "Interface" as const,
    ServiceName: "com.amazonaws.eu-west-1.execute-api",
    VpcId: "vpc-1",
    State: "Available" as const,
    PrivateDnsEnabled: true,
    ...over,
  },
});

type BlockMode = "off" | "block-ingress" | "block-bidirectional";
const blocked = (mode: BlockMode, over: object = {}) => ({
  options: { InternetGatewayBlockMode: mode, ExclusionsAllowed: "allowed" as const },
  exclusions: [],
  network: { vpc: "vpc-1", subnets: ["subnet-1", "subnet-2"] },
  hasNat: false,
  ...over,
});
const exclusion = (id: string, over: object = {}) => ({
  State: "create-complete" as const,
  InternetGatewayExclusionMode: "allow-bidirectional" as const,
  ResourceArn: `arn:aws:ec2:eu-west-1:123456789012:vpc/${id}`,
  ...over,
});

const ROWS: Row[] = [
  ["Node.js 20", "fail", judgeNode("20.19.4"), /20\.19\.4/],
  ["Node.js 22", "ok", judgeNode("22.0.0"), /22\.0\.0/],
  ["Node.js 24", "ok", judgeNode("24.1.0"), /24\.1\.0/],
  ["public access is not blocked", "ok", judgeBlockPublicAccess(blocked("off")), /is off/],
  ["both ways are blocked", "fail", judgeBlockPublicAccess(blocked("block-bidirectional")), /block-bidirectional/],
  ["ingress alone is blocked", "fail", judgeBlockPublicAccess(blocked("block-ingress")), /could not reach/],
  [
    "ingress, behind a NAT",
    "ok",
    judgeBlockPublicAccess(blocked("block-ingress", { hasNat: true })),
    /NAT gateways alone/,
  ],
  [
    "both ways, behind a NAT, whose own way out may be blocked",
    "warn",
    judgeBlockPublicAccess(
      blocked("block-bidirectional", { hasNat: true, exclusions: [exclusion("subnet-1"), exclusion("subnet-2")] }),
    ),
    /blocks the NAT gateway/,
  ],
  [
    "both ways, behind a NAT, in a VPC that is excluded",
    "ok",
    judgeBlockPublicAccess(blocked("block-bidirectional", { hasNat: true, exclusions: [exclusion("vpc-1")] })),
    /excluded/,
  ],
  [
    "an exclusion for egress alone, which does nothing for block-ingress",
    "fail",
    judgeBlockPublicAccess(
      blocked("block-ingress", {
        exclusions: [exclusion("vpc-1", { InternetGatewayExclusionMode: "allow-egress" })],
      }),
    ),
    /could not reach/,
  ],
  [
    "an exclusion for egress alone, where both ways are blocked",
    "ok",
    judgeBlockPublicAccess(
      blocked("block-bidirectional", {
        exclusions: [exclusion("vpc-1", { InternetGatewayExclusionMode: "allow-egress" })],
      }),
    ),
    /excluded/,
  ],
  [
    "the VPC is excluded",
    "ok",
    judgeBlockPublicAccess(blocked("block-ingress", { exclusions: [exclusion("vpc-1")] })),
    /excluded/,
  ],
  [
    "every subnet is excluded",
    "ok",
    judgeBlockPublicAccess(
      blocked("block-bidirectional", { exclusions: [exclusion("subnet-1"), exclusion("subnet-2")] }),
    ),
    /excluded/,
  ],
  [
    "one subnet is excluded",
    "fail",
    judgeBlockPublicAccess(blocked("block-ingress", { exclusions: [exclusion("subnet-1")] })),
    /could not reach/,
  ],
  [
    "an exclusion that is gone",
    "fail",
    judgeBlockPublicAccess(
      blocked("block-ingress", { exclusions: [exclusion("vpc-1", { State: "delete-complete" })] }),
    ),
    /could not reach/,
  ],
  [
    "a VPC that the stack makes",
    "fail",
    judgeBlockPublicAccess(blocked("block-ingress", { network: undefined, exclusions: [exclusion("vpc-1")] })),
    /could not reach/,
  ],
  [
    "every zone has every type",
    "ok",
    judgeInstanceTypes(offers(...ZONES.flatMap((zone) => TYPES.map((type): [string, string] => [zone, type])))),
    /all 2 types in eu-west-1a, eu-west-1b/,
  ],
  [
    "a zone lacks one type",
    "warn",
    judgeInstanceTypes(
      offers([ZONES[0] ?? "", "c7gn.large"], [ZONES[0] ?? "", "c6gn.large"], ["eu-west-1b", "c6gn.large"]),
    ),
    /eu-west-1b lacks c7gn.large/,
  ],
  ["a zone has none", "warn", judgeInstanceTypes(offers(["eu-west-1a", "c7gn.large"])), /eu-west-1b has none/],
  ["no zone has any", "fail", judgeInstanceTypes(offers()), /no zone has any/],
  ["no Spot at all", "fail", judgeSpotQuota(0), /0 instances/],
  ["Spot of a new account", "warn", judgeSpotQuota(5), /enough for 2 instances/],
  ["enough Spot", "ok", judgeSpotQuota(640), /enough for 320 instances/],
  ["functions of a new account", "warn", judgeConcurrency(10), /10 concurrent/],
  ["functions as a rule", "ok", judgeConcurrency(1_000), /1000 concurrent/],
  ["VPCs used up", "fail", judgeVpcQuota({ used: 5, quota: 5 }), /5 of 5/],
  ["a VPC to spare", "ok", judgeVpcQuota({ used: 4, quota: 5 }), /4 of 5/],
  ["AWS's own key", "ok", judgeEbsKey("alias/aws/ebs"), /AWS's own/],
  ["a customer's key", "warn", judgeEbsKey("arn:aws:kms:eu-west-1:111122223333:key/1"), /a key of yours/],
  ["no role for Spot", "warn", judgeSpotRole(false), /is not there/],
  ["the role for Spot", "ok", judgeSpotRole(true), /is there/],
  ["not bootstrapped", "fail", judgeBootstrap(undefined), /not bootstrapped/],
  ["bootstrapped long ago", "fail", judgeBootstrap("5"), /version '5'/],
  ["bootstrapped", "ok", judgeBootstrap("28"), /version 28/],
  ["no image", "fail", judgeAmi({ parameter: "/p", value: undefined }), /there is no/],
  ["something else than an image", "fail", judgeAmi({ parameter: "/p", value: "x" }), /no image/],
  ["an image", "ok", judgeAmi({ parameter: "/p", value: "ami-0abc" }), /readable/],
  [
    "a subnet's own way out",
    "ok",
    judgeRoutes({ subnets: ["subnet-1"], tables: [{ ...own("subnet-1"), ...route({ GatewayId: "igw-1" }) }, main] }),
    /internet gateway/,
  ],
  [
    "the main table's way out",
    "ok",
    judgeRoutes({ subnets: ["subnet-2"], tables: [own("subnet-1"), { ...main, ...route({ GatewayId: "igw-1" }) }] }),
    /internet gateway/,
  ],
  [
    "a NAT gateway",
    "warn",
    judgeRoutes({ subnets: ["subnet-1"], tables: [{ ...main, ...route({ NatGatewayId: "nat-1" }) }] }),
    /NAT gateway/,
  ],
  [
    "a gateway that is gone",
    "fail",
    judgeRoutes({ subnets: ["subnet-1"], tables: [{ ...main, ...route({ GatewayId: "igw-1" }, "blackhole") }] }),
    /target is gone/,
  ],
  ["no way out", "fail", judgeRoutes({ subnets: ["subnet-1"], tables: [main] }), /no route/],
  ["every protocol goes out", "ok", judgeEgress([{ ...everywhere, IpProtocol: "-1" }]), /everywhere/],
  ["443 alone goes out", "warn", judgeEgress([{ ...everywhere, FromPort: 443, ToPort: 443 }]), /port 80/],
  [
    "443 goes to the VPC alone",
    "warn",
    judgeEgress([{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/16" }] }]),
    /some addresses only/,
  ],
  ["80 alone goes out", "fail", judgeEgress([{ ...everywhere, FromPort: 80, ToPort: 80 }]), /nothing out on port 443/],
  ["nothing goes out", "fail", judgeEgress([]), /nothing out/],
  ["UDP is no TCP", "fail", judgeEgress([{ ...everywhere, IpProtocol: "udp" }]), /nothing out/],
  ["all of one VPC", "ok", judgeMembers({ vpc: "vpc-1", parts: [{ id: "sg-1", vpc: "vpc-1" }] }), /of vpc-1/],
  [
    "a group of another",
    "fail",
    judgeMembers({ vpc: "vpc-1", parts: [{ id: "sg-1", vpc: "vpc-2" }] }),
    /sg-1 is of vpc-2/,
  ],
  ["a good endpoint", "ok", judgeEndpoint(endpoint()), /private DNS/],
  ["no private DNS", "warn", judgeEndpoint(endpoint({ PrivateDnsEnabled: false })), /no private DNS/],
  ["a gateway endpoint", "fail", judgeEndpoint(endpoint({ VpcEndpointType: "Gateway" })), /is a Gateway/],
  ["of another service", "fail", judgeEndpoint(endpoint({ ServiceName: "com.amazonaws.eu-west-1.sqs" })), /sqs/],
  ["of another VPC", "fail", judgeEndpoint(endpoint({ VpcId: "vpc-2" })), /of vpc-2/],
  ["not yet there", "fail", judgeEndpoint(endpoint({ State: "Pending" })), /is Pending/],
];

describe("before a deployment", () => {
  test.each(ROWS)("%s: %s", (_, status, judgement, says) => {
    expect(judgement.status).toBe(status);
    expect(judgement.says).toMatch(says);
    expect(judgement.next === undefined).toBe(status === "ok");
  });
});

test("an organization that allows no exclusions leaves a NAT gateway", () => {
  const options = { InternetGatewayBlockMode: "block-ingress" as const, ExclusionsAllowed: "not-allowed" as const };
  expect(judgeBlockPublicAccess({ ...blocked("block-ingress"), options }).next).toMatch(/NAT gateway/);
});

test("subnets have a NAT gateway if all of them have", () => {
  const nat = { ...own("subnet-1"), ...route({ NatGatewayId: "nat-1" }) };
  const gateway = { ...own("subnet-2"), ...route({ GatewayId: "igw-1" }) };
  expect(allHaveNat({ subnets: ["subnet-1"], tables: [nat, gateway] })).toBe(true);
  expect(allHaveNat({ subnets: ["subnet-1", "subnet-2"], tables: [nat, gateway] })).toBe(false);
});
