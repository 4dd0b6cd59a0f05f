// Both stacks whole: an update keeps every resource whose replacement would lose something.
import { describe, expect, test } from "vitest";
import { LASTING, LASTING_MAPPINGS, type Lasting } from "./lasting-resources.ts";
import { type Resource, resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";

/** Beside what every stack has. */
const OF_ONE_STACK: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  PrewarmStack: {
    "AWS::EC2::VPC": ["NetworkVpc7FB7348F"],
    "AWS::EC2::Subnet": [
      "NetworkVpcPublicSubnet1Subnet36933139",
      "NetworkVpcPublicSubnet2SubnetC427CCE0",
      "NetworkVpcPublicSubnet3Subnet4BBF7F47",
    ],
    "AWS::EC2::SecurityGroup": ["NetworkAgents70C11D07"],
  },
};

const NETWORK: readonly Lasting[] = ["VPC", "Subnet", "SecurityGroup"].map((type) => ({
  type: `AWS::EC2::${type}`,
  lost: "the update, as long as instances run in it",
  ids: [],
}));

describe.each(synthesizeStacks())("$name, updated while it works", ({ name, template }) => {
  test.each([...LASTING, ...NETWORK].map((lasting) => [lasting.type, lasting] as const))(
    "keeps each %s",
    (type, { lost, ids }) => {
      const wanted = [...ids, ...(OF_ONE_STACK[name]?.[type] ?? [])].sort();
      const found = resourcesOf(template, type).map(([id]) => id);
      expect(
        found.filter((id) => !wanted.includes(id)),
        `${type}: a resource that was not there before. If it is new, add it to the list in this folder. If it is another ` +
          `in place of an old one, because a construct was renamed or moved, put that back, or override the logical id. Lost otherwise: ${lost}.`,
      ).toEqual([]);
      expect(
        wanted.filter((id) => !found.includes(id)),
        `${type}: a resource is gone, and the next deployment deletes it. Lost with it: ${lost}.`,
      ).toEqual([]);
    },
  );

  test("keeps the mappings of streams to functions", () => {
    const streams = resourcesOf(template, LASTING_MAPPINGS.type).filter(
      ([, { Properties }]) => Properties.StartingPosition !== undefined,
    );
    const found = streams.map(([id]) => id.replace(/[0-9A-F]{16}$/, ""));
    // The first of the two hashes is the table's.
    const bare = found.map((id) => id.replace(name, "%").replace(/[0-9A-F]{8}$/, "")).sort();
    expect(bare, `Another id: lost is ${LASTING_MAPPINGS.lost}`).toEqual(LASTING_MAPPINGS.ids);
  });

  test("gives no fixed name to a resource that some updates replace", () => {
    for (const [id, { Properties }] of resourcesOf(template, "AWS::DynamoDB::Table"))
      expect([id, Properties.TableName]).toEqual([id, undefined]);
    for (const [id, { Properties }] of resourcesOf(template, "AWS::SQS::Queue"))
      expect([id, Properties.QueueName]).toEqual([id, undefined]);
  });

  test("leaves the group and its instances alone", () => {
    const [[, group] = []] = resourcesOf(template, "AWS::AutoScaling::AutoScalingGroup") as [
      string,
      Resource & { UpdatePolicy?: unknown },
    ][];
    // With a policy, CloudFormation would end instances to start new ones from the new launch template.
    expect(group).not.toHaveProperty("UpdatePolicy");
    // With a desired capacity, every deployment would set the group back to it.
    expect(group?.Properties).not.toHaveProperty("DesiredCapacity");
    // A change of one of these would change how many instances run.
    expect(group?.Properties).toMatchObject({ MinSize: "0", MaxSize: { Ref: "maxInstances" } });
  });

  test("does not protect instances: the stack could not be deleted while some run", () => {
    // CloudFormation sets the group to 0 and waits. A protected instance would run on.
    const group = theOnly(template, "AWS::AutoScaling::AutoScalingGroup");
    for (const keeps of ["NewInstancesProtectedFromScaleIn", "LifecycleHookSpecificationList", "DeletionProtection"])
      expect(group).not.toHaveProperty(keeps);
    template.resourceCountIs("AWS::AutoScaling::LifecycleHook", 0);
  });

  test("starts new instances from the new launch template, by its number", () => {
    const [[launchTemplate = ""] = []] = resourcesOf(template, "AWS::EC2::LaunchTemplate");
    const { LaunchTemplate } = theOnly(template, "AWS::AutoScaling::AutoScalingGroup").MixedInstancesPolicy;
    expect(LaunchTemplate.LaunchTemplateSpecification).toEqual({
      LaunchTemplateId: { Ref: launchTemplate },
      Version: { "Fn::GetAtt": [launchTemplate, "LatestVersionNumber"] },
    });
  });

  test("answers without a break: the stage names its deployment, and no deployment names a stage", () => {
    expect(theOnly(template, "AWS::ApiGateway::Deployment")).not.toHaveProperty("StageName");
    expect(theOnly(template, "AWS::ApiGateway::Stage").DeploymentId).toHaveProperty("Ref");
  });
});
