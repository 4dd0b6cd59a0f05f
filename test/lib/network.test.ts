import { expect, test } from "vitest";
import { Network } from "../../lib/network.ts";
import { resourcesOf, synthesize, theOnly } from "./synth.ts";

const template = synthesize((scope) => new Network(scope, "Network"));

test("two public subnets in different zones, with a way out", () => {
  const subnets = resourcesOf(template, "AWS::EC2::Subnet").map(([, { Properties }]) => Properties);
  expect(subnets.map(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toEqual([true, true]);
  expect(new Set(subnets.map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone))).size).toBe(2);
  const ways = resourcesOf(template, "AWS::EC2::Route").map(([, { Properties }]) => Properties);
  expect(ways).toMatchObject([{ DestinationCidrBlock: "0.0.0.0/0" }, { DestinationCidrBlock: "0.0.0.0/0" }]);
  for (const way of ways) expect(way).toHaveProperty("GatewayId.Ref");
});

test("nothing that costs by the hour, and what is free: gateways to S3 and DynamoDB", () => {
  template.resourceCountIs("AWS::EC2::NatGateway", 0);
  const endpoints = resourcesOf(template, "AWS::EC2::VPCEndpoint").map(([, { Properties }]) => Properties);
  expect(endpoints.map(({ VpcEndpointType }) => VpcEndpointType)).toEqual(["Gateway", "Gateway"]);
  expect(endpoints.map(({ ServiceName }) => ServiceName["Fn::Join"][1].at(-1)).sort()).toEqual([".dynamodb", ".s3"]);
  for (const { RouteTableIds } of endpoints) expect(RouteTableIds).toHaveLength(2);
});

test("agents may connect out, and nobody may connect to them", () => {
  const group = theOnly(template, "AWS::EC2::SecurityGroup");
  expect(group.SecurityGroupEgress).toMatchObject([{ CidrIp: "0.0.0.0/0", IpProtocol: "-1" }]);
  expect(group).not.toHaveProperty("SecurityGroupIngress");
});
