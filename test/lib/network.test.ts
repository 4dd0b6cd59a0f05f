import { expect, test } from "vitest";
import { Network } from "../../lib/network.ts";
import { addParameters, NEW_VPC } from "../../lib/parameters.ts";
import { resourcesOf, synthesize } from "./synth.ts";

const template = synthesize((stack) => new Network(stack, "Network", addParameters(stack, NEW_VPC).zones));

test("they lie in three zones; in an account with two, the third lies where the first does", () => {
  const zone = (index: number) => ({ "Fn::Select": [index, { "Fn::GetAZs": "" }] });
  const [[hasTwo, condition] = []] = Object.entries(template.findConditions("*"));
  expect(condition).toEqual({
    "Fn::Or": [{ "Fn::Equals": [{ Ref: "zones" }, "2"] }, { "Fn::Equals": [{ Ref: "AWS::Region" }, "us-west-1"] }],
  });
  const zones = resourcesOf(template, "AWS::EC2::Subnet").map(([, { Properties }]) => Properties.AvailabilityZone);
  expect(zones).toEqual([zone(0), zone(1), { "Fn::If": [hasTwo, zone(0), zone(2)] }]);
});

test("nothing that costs by the hour, and what is free: gateways to S3 and DynamoDB", () => {
  template.resourceCountIs("AWS::EC2::NatGateway", 0);
  const endpoints = resourcesOf(template, "AWS::EC2::VPCEndpoint").map(([, { Properties }]) => Properties);
  expect(endpoints.map(({ VpcEndpointType }) => VpcEndpointType)).toEqual(["Gateway", "Gateway"]);
  expect(endpoints.map(({ ServiceName }) => ServiceName["Fn::Join"][1].at(-1)).sort()).toEqual([".dynamodb", ".s3"]);
  for (const { RouteTableIds } of endpoints) expect(RouteTableIds).toHaveLength(3);
});
