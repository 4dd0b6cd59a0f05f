// Both stacks whole: invariants and the snapshot.
import type { Template } from "aws-cdk-lib/assertions";
import { testInvariants } from "./invariants.ts";
import { idOf, propertiesOf, rendered, resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";

const both = synthesizeStacks();
const [newVpc, existingVpc] = both.map(({ template }) => template) as [Template, Template];

describe.each(both)("$name", ({ template }) => {
  testInvariants(template);

  test("has the two outputs of the contract, and that of the read-only key", () => {
    const outputs = template.findOutputs("*");
    const id = (type: string) => `ref-${idOf(template, `AWS::ApiGateway::${type}`)}`;
    const keys = resourcesOf(template, "AWS::ApiGateway::ApiKey").map(([key]) => `ref-${key}`);
    const [key, readKey] = ["prewarmapikeyoutput", "prewarmreadkeyoutput"].map((name) =>
      rendered(outputs[name]?.["Value"]).replace("arn:aws:apigateway:eu-west-1::/apikeys/", ""),
    );
    expect([key, readKey].toSorted()).toEqual(keys.toSorted());
    // Which the API's function knows, and both may call the stage.
    const environment = propertiesOf(template, "AWS::Lambda::Function").flatMap(
      ({ Environment }) => Environment.Variables.READ_KEY_ID ?? [],
    );
    expect(environment.map(rendered)).toEqual([readKey]);
    const plan = { UsagePlanId: { Ref: idOf(template, "AWS::ApiGateway::UsagePlan") }, KeyType: "API_KEY" };
    const allowed = propertiesOf(template, "AWS::ApiGateway::UsagePlanKey");
    for (const one of allowed) expect(one).toMatchObject(plan);
    expect(allowed.map(({ KeyId }) => rendered(KeyId)).toSorted()).toEqual(keys.toSorted());
    expect(rendered(outputs["prewarmapiEndpoint"]?.["Value"])).toBe(
      `https://${id("RestApi")}.execute-api.eu-west-1.amazonaws.com/${id("Stage")}/`,
    );
    expect(theOnly(template, "AWS::ApiGateway::Stage").StageName).toBe("prod");
  });

  test("names the group by the environment, and gives all functions that name", () => {
    const name = theOnly(template, "AWS::AutoScaling::AutoScalingGroup").AutoScalingGroupName;
    expect(rendered(name)).toBe("prewarm_asg_prod");
    const told = propertiesOf(template, "AWS::Lambda::Function").flatMap(
      ({ Environment }) => Environment.Variables.GROUP_NAME ?? [],
    );
    expect(told.length).toBeGreaterThanOrEqual(3);
    for (const one of told) expect(one).toEqual(name);
  });

  test("two of them can live in one account: nothing else has a fixed name", () => {
    const NAMED =
      /^(TableName|QueueName|BucketName|FunctionName|RoleName|LogGroupName|LaunchTemplateName|GroupName|TopicName|AlarmName|DashboardName)$/;
    const NAMES = /^AWS::(Scheduler|Events|SNS|ApiGateway::(ApiKey|UsagePlan)|Lambda)/;
    const resources: Record<string, { Type: string; Properties?: object }> = template.toJSON()["Resources"];
    for (const [id, { Type, Properties = {} }] of Object.entries(resources))
      for (const [property, value] of Object.entries(Properties))
        if (NAMED.test(property) || (property === "Name" && NAMES.test(Type)))
          expect(value, `${id} ${property}`).not.toBeTypeOf("string");
  });
});

test("the group is gone before what connects its VPC to the internet: the gateway, and each way to it", () => {
  const resources: Record<string, unknown> = newVpc.toJSON()["Resources"];
  const before = new Set<string>();
  const follow = (id: string): void => {
    if (before.has(id) || resources[id] === undefined) return;
    before.add(id);
    for (const next of dependenciesOf(resources[id])) follow(next);
  };
  follow(idOf(newVpc, "AWS::AutoScaling::AutoScalingGroup"));
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

/** The template without the hashes that change with every line of deployed code, and without the version. */
function scrubbed(template: Template): Record<string, object> {
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
    const partsOf = (it: typeof first) =>
      new Map(
        Object.entries(it).flatMap(([section, parts]) =>
          Object.entries(parts).map(([name, part]) => [`${section}/${name}`, part] as const),
        ),
      );
    const [one, other] = [partsOf(first), partsOf(second)];
    const names = [...new Set([...one.keys(), ...other.keys()])];
    const changed = names.filter((name) => JSON.stringify(one.get(name)) !== JSON.stringify(other.get(name)));
    expect(Object.fromEntries(changed.map((name) => [name, other.get(name) ?? "(removed)"]))).toMatchSnapshot();
  });
});
