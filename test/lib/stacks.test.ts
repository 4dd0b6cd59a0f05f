// Both stacks whole: invariants, and which resources there are.
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

test("instances call out freely, S3 and DynamoDB by gateway endpoints, and no NAT gateway costs money", () => {
  const groups = propertiesOf(newVpc, "AWS::EC2::SecurityGroup");
  expect(groups).toMatchObject([{ SecurityGroupEgress: [{ CidrIp: "0.0.0.0/0", IpProtocol: "-1" }] }]);
  newVpc.resourceCountIs("AWS::EC2::NatGateway", 0);
  const endpoints = propertiesOf(newVpc, "AWS::EC2::VPCEndpoint").map(({ ServiceName }) => rendered(ServiceName));
  expect(endpoints.toSorted()).toEqual(["dynamodb", "s3"].map((it) => `com.amazonaws.eu-west-1.${it}`));
});

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

/** Logical ids with their types. The hash of a deployment changes with every route. */
function typesOf(template: Template): string[] {
  const resources: Record<string, { Type: string }> = template.toJSON()["Resources"];
  return Object.entries(resources).map(
    ([id, { Type }]) => `${id.replace(/(RestDeployment)[0-9A-F]{8}[0-9a-f]{32}/, "$1<hash>")} ${Type}`,
  );
}

test("each logical id has the recorded type", async () => {
  const stacks = both.map(({ name, template }) => ({ name, types: typesOf(template) }));
  const all = [...new Set(stacks.flatMap(({ types }) => types))].toSorted();
  const lines = all.map((line) => {
    const holders = stacks.filter(({ types }) => types.includes(line));
    return holders.length === stacks.length ? line : `${line} (${holders.map(({ name }) => name).join()} alone)`;
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("resources.txt");
});
