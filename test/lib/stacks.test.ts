// Both stacks whole (lib/stacks.ts, lib/stacks.ts): parameters, invariants and the snapshot.
import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { testInvariants } from "./invariants.ts";
import { rendered, resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";
import { differenceOf } from "./template-difference.ts";

const both = synthesizeStacks();
const [newVpc, existingVpc] = both.map(({ template }) => template) as [Template, Template];

describe("instanceTypes", () => {
  const { Default = "" } = newVpc.findParameters("instanceTypes")["instanceTypes"] ?? {};

  test("has a choice of families and generations by default", () => {
    const families = new Set((Default as string).split(",").map((type) => type.split(".")[0]));
    expect(families).toEqual(new Set(["c8gn", "c7gn", "c6gn", "c8g", "c7g", "c6g", "m8g", "m7g"]));
  });

  test.each(both)("is what the group of $name chooses from", ({ template }) => {
    const [override] = theOnly(template, "AWS::AutoScaling::AutoScalingGroup").MixedInstancesPolicy.LaunchTemplate
      .Overrides;
    expect(override.InstanceRequirements.AllowedInstanceTypes).toEqual({
      "Fn::Split": [",", { Ref: "instanceTypes" }],
    });
  });
});

describe.each(both)("$name", ({ template }) => {
  testInvariants(template);

  test("has the two outputs of the contract", () => {
    const outputs = template.findOutputs("*");
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(["prewarmapiEndpoint", "prewarmapikeyoutput"]));
    const [[api = ""] = []] = resourcesOf(template, "AWS::ApiGateway::RestApi");
    const [[key = ""] = []] = resourcesOf(template, "AWS::ApiGateway::ApiKey");
    const [[stage = ""] = []] = resourcesOf(template, "AWS::ApiGateway::Stage");
    expect(rendered(outputs["prewarmapikeyoutput"]?.["Value"])).toBe(
      `arn:aws:apigateway:eu-west-1::/apikeys/ref-${key}`,
    );
    expect(rendered(outputs["prewarmapiEndpoint"]?.["Value"])).toBe(
      `https://ref-${api}.execute-api.eu-west-1.amazonaws.com/ref-${stage}/`,
    );
    expect(theOnly(template, "AWS::ApiGateway::Stage").StageName).toBe("prod");
  });

  test("names the group by the environment, and gives all functions that name", () => {
    const name = theOnly(template, "AWS::AutoScaling::AutoScalingGroup").AutoScalingGroupName;
    expect(rendered(name)).toBe("prewarm_asg_prod");
    const told = resourcesOf(template, "AWS::Lambda::Function").flatMap(
      ([, { Properties }]) => Properties.Environment.Variables.GROUP_NAME ?? [],
    );
    expect(told.length).toBeGreaterThanOrEqual(3);
    for (const one of told) expect(one).toEqual(name);
  });

  test("two of them can live in one account: nothing else has a fixed name", () => {
    const NAMED =
      /^(TableName|QueueName|BucketName|FunctionName|RoleName|LogGroupName|LaunchTemplateName|GroupName|TopicName|AlarmName|DashboardName)$/;
    const NAMES = /^AWS::(Scheduler|Events|SNS|ApiGateway::(ApiKey|UsagePlan)|Lambda)/;
    const names = Object.entries(
      template.toJSON()["Resources"] as Record<string, { Type: string; Properties?: object }>,
    )
      .flatMap(([id, { Type, Properties = {} }]) =>
        Object.entries(Properties).map(([property, value]) => ({ id, Type, property, value })),
      )
      .filter(
        ({ Type, property, value }) =>
          (NAMED.test(property) || (property === "Name" && NAMES.test(Type))) && typeof value === "string",
      );
    expect(names).toEqual([]);
  });
});

test("the group is gone before what connects its VPC to the internet: the gateway, and each way to it", () => {
  const resources: Record<string, { Type: string; DependsOn?: string[] } & Record<string, unknown>> =
    newVpc.toJSON()["Resources"];
  const [[group = ""] = []] = resourcesOf(newVpc, "AWS::AutoScaling::AutoScalingGroup");
  const before = new Set<string>();
  const follow = (id: string): void => {
    if (before.has(id) || resources[id] === undefined) return;
    before.add(id);
    for (const next of dependenciesOf(resources[id])) follow(next);
  };
  follow(group);
  for (const type of ["VPCGatewayAttachment", "InternetGateway", "Route", "SubnetRouteTableAssociation"]) {
    const ids = resourcesOf(newVpc, `AWS::EC2::${type}`).map(([id]) => id);
    expect(ids).not.toEqual([]);
    expect(
      ids.filter((id) => !before.has(id)),
      type,
    ).toEqual([]);
  }
});

/** Logical ids that a part of the template names: CloudFormation makes them before, and deletes them after. */
function dependenciesOf(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => {
    if (key === "Ref") return [String(value)];
    if (key === "Fn::GetAtt") return [String(value[0])];
    if (key === "DependsOn") return [value].flat();
    return dependenciesOf(value);
  });
}

describe("the stack in an existing VPC", () => {
  test("makes no network", () => {
    for (const type of ["VPC", "Subnet", "SecurityGroup", "InternetGateway"])
      existingVpc.resourceCountIs(`AWS::EC2::${type}`, 0);
  });

  test("starts agents in the given subnets, with the given key and security group", () => {
    expect(theOnly(existingVpc, "AWS::AutoScaling::AutoScalingGroup").VPCZoneIdentifier).toEqual({ Ref: "subnet" });
    const launch = theOnly(existingVpc, "AWS::EC2::LaunchTemplate").LaunchTemplateData;
    expect(launch.KeyName).toEqual({ "Fn::If": ["HasKeyPair", { Ref: "key" }, { Ref: "AWS::NoValue" }] });
    expect(existingVpc.findConditions("HasKeyPair")).toEqual({
      HasKeyPair: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "key" }, ""] }] },
    });
    expect(launch.NetworkInterfaces).toMatchObject([{ Groups: [{ Ref: "sg" }], AssociatePublicIpAddress: true }]);
  });

  test("refuses subnets of another VPC before it makes anything", () => {
    const { SubnetsInVpc } = existingVpc.toJSON()["Rules"];
    expect(SubnetsInVpc.Assertions).toMatchObject([
      { Assert: { "Fn::EachMemberEquals": [{ "Fn::ValueOf": ["subnet", "VpcId"] }, { Ref: "vpc" }] } },
    ]);
  });

  test("has an address for callers without private DNS, while it is private", () => {
    const [[isPrivate] = []] = Object.entries(existingVpc.findConditions("*")).filter(([id]) =>
      id.includes("IsPrivate"),
    );
    const [[api = ""] = []] = resourcesOf(existingVpc, "AWS::ApiGateway::RestApi");
    const [[stage = ""] = []] = resourcesOf(existingVpc, "AWS::ApiGateway::Stage");
    const { Value, Condition } = existingVpc.findOutputs("*")["prewarmapiVpceEndpoint"] ?? {};
    expect(Condition).toBe(isPrivate);
    expect(rendered(Value)).toBe(`https://ref-${api}-ref-vpce.execute-api.eu-west-1.amazonaws.com/ref-${stage}/`);
    expect(newVpc.findOutputs("prewarmapiVpceEndpoint")).toEqual({});
  });

  test("is private exactly when vpce is given", () => {
    const [[isPrivate, condition] = []] = Object.entries(existingVpc.findConditions("*")).filter(([id]) =>
      id.includes("IsPrivate"),
    );
    expect(condition).toEqual({ "Fn::Not": [{ "Fn::Equals": [{ Ref: "vpce" }, ""] }] });
    expect(theOnly(existingVpc, "AWS::ApiGateway::RestApi").EndpointConfiguration["Fn::If"]).toEqual([
      isPrivate,
      { Types: ["PRIVATE"], VpcEndpointIds: [{ Ref: "vpce" }], IpAddressType: "dualstack" },
      { Types: ["REGIONAL"], IpAddressType: "dualstack" },
    ]);
  });
});

/** The template without the hashes that change with every line of deployed code, and without the version. */
function scrubbed(template: Template): unknown {
  const text = JSON.stringify(template.toJSON());
  return JSON.parse(
    text
      .replaceAll(/[0-9a-f]{64}/g, "<hash>")
      .replaceAll(/("VERSION":")[^"]+/g, "$1<version>")
      .replaceAll(/(RestDeployment)[0-9A-F]{8}[0-9a-f]{32}/g, "$1<hash>"),
  );
}

describe("templates", () => {
  const [first, second] = [scrubbed(newVpc), scrubbed(existingVpc)];

  test("the stack with a VPC of its own is as recorded", () => {
    expect(first).toMatchSnapshot();
  });

  test("the stack in an existing VPC differs from it as recorded", () => {
    expect(differenceOf(first, second)).toMatchSnapshot();
  });

  test("a difference names each value that was changed, added or removed", () => {
    const before = { a: 1, b: { c: [1, 2], d: [1] }, e: { f: 1 }, g: null };
    expect(differenceOf(before, { b: { d: [1, 2], c: [1, 3] }, a: 1, e: "f", h: { i: 1 } })).toEqual({
      "b/c/1": 3,
      "b/d": [1, 2],
      e: "f",
      g: "(removed)",
      h: { i: 1 },
    });
    expect(differenceOf(before, structuredClone(before))).toEqual({});
  });
});
