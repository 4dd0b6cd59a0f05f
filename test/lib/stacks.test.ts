// Both stacks whole (lib/stacks.ts, lib/stacks.ts): parameters, invariants and the snapshot.
import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { testInvariants } from "./invariants.ts";
import { rendered, renderedList, resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";

const both = synthesizeStacks();
const [newVpc, existingVpc] = both.map(({ template }) => template) as [Template, Template];

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

  test("refuses subnets of another VPC before it makes anything", () => {
    const { SubnetsInVpc } = existingVpc.toJSON()["Rules"];
    expect(SubnetsInVpc.Assertions).toMatchObject([
      { Assert: { "Fn::EachMemberEquals": [{ "Fn::ValueOf": ["subnet", "VpcId"] }, { Ref: "vpc" }] } },
    ]);
  });
});

describe("the policy for sources in buckets", () => {
  const [[, policy] = []] = resourcesOf(newVpc, "AWS::IAM::Policy").filter(([id]) => id.includes("SourceBuckets"));
  const statements: { Action: string; Resource: unknown }[] = policy?.Properties.PolicyDocument.Statement;

  // As if the parameter were `media,docs/site/*`.
  test("reads the objects that the parameter names, and lists these buckets", () => {
    expect(statements.map(({ Action, Resource }) => [Action, renderedList(Resource)])).toEqual([
      [
        "s3:GetObject",
        ["arn:aws:s3:::media/*", "arn:aws:s3:::docs/site/*/*", "arn:aws:s3:::media", "arn:aws:s3:::docs/site/*"],
      ],
      ["s3:ListBucket", ["arn:aws:s3:::media", "arn:aws:s3:::docs", "arn:aws:s3:::-/site", "arn:aws:s3:::-/*"]],
    ]);
  });
});

test("the distributions of the parameter are the only resources of `cloudfront:CreateInvalidation`, which one role has", () => {
  const statements = resourcesOf(newVpc, "AWS::IAM::Policy").flatMap(
    ([, { Properties }]) => Properties.PolicyDocument.Statement,
  );
  const invalidates = statements.filter(({ Action }) => [Action].flat().includes("cloudfront:CreateInvalidation"));
  expect(invalidates).toHaveLength(1);
  const [condition, china, elsewhere] = invalidates[0].Resource["Fn::If"];
  expect(newVpc.findConditions(condition)).toMatchObject({
    [condition]: { "Fn::Equals": [{ Ref: "AWS::Partition" }, "aws-cn"] },
  });
  expect([china, elsewhere]).toEqual(
    ["arn:aws-cn:cloudfront::*:distribution/", "arn:aws:cloudfront::*:distribution/"].map((before) => ({
      "Fn::Split": [
        ",",
        {
          "Fn::Join": ["", [before, { "Fn::Join": [`,${before}`, { "Fn::Split": [",", { Ref: "distributions" }] }] }]],
        },
      ],
    })),
  );
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
});

/** What one template has otherwise than another one, by path. */
type Difference = Record<string, unknown>;

/** What stands for a value that the second template does not have. */
const REMOVED = "(removed)";

/**
 * The structural difference of two JSON documents: the paths at which the second one has another value, and that value.
 * Lists of one length are compared item by item; of another length, the second one's list is the difference.
 * @returns paths in the order of their characters, so that it does not depend on the order of properties
 */
function differenceOf(first: unknown, second: unknown): Difference {
  const paths = [...pathsOf(first, second, "")];
  return Object.fromEntries(paths.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function* pathsOf(first: unknown, second: unknown, path: string): Generator<[string, unknown]> {
  if (!isComparable(first, second)) {
    if (JSON.stringify(first) !== JSON.stringify(second)) yield [path, second === undefined ? REMOVED : second];
    return;
  }
  const [one, other] = [first as Parts, second as Parts];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
    yield* pathsOf(one[key], other[key], path === "" ? key : `${path}/${key}`);
}

type Parts = Readonly<Record<string, unknown>>;

/** Both are objects, or both are lists of one length. */
function isComparable(first: unknown, second: unknown): boolean {
  const areObjects = [first, second].every((value) => typeof value === "object" && value !== null);
  if (!areObjects || Array.isArray(first) !== Array.isArray(second)) return false;
  return !Array.isArray(first) || first.length === (second as readonly unknown[]).length;
}
