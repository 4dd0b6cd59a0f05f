import { Stack, Tags } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { ContextError, chosenEnvName, chosenTags, stackIdOf } from "../../lib/context.ts";
import { PrewarmStack } from "../../lib/stacks.ts";
import { newApp, resourcesOf, synthesizeStacks } from "./synth.ts";

const app = newApp();

const blue = synthesizeStacks("blue");

test("without -c envName it is prod, and the stacks have no suffix", () => {
  expect(chosenEnvName(undefined)).toBe("prod");
  expect(stackIdOf("PrewarmStack", "prod")).toBe("PrewarmStack");
});

test("-c envName=prod is the same stack: two would want the same group", () => {
  expect(stackIdOf("PrewarmStack", chosenEnvName("prod"))).toBe("PrewarmStack");
});

test("every other name has a stack of its own", () => {
  expect(stackIdOf("PrewarmStack", chosenEnvName("blue"))).toBe("PrewarmStack-blue");
});

test.each(["", "Blue", "a_b", "-a", "a".repeat(21), true, 1])("-c envName=%s is refused, in one line", (name) => {
  expect(() => chosenEnvName(name)).toThrow(ContextError);
  expect(() => chosenEnvName(name)).toThrow(/^-c envName=\S*: it must be up to 20 lower-case letters/);
});

test.each(["a", "0", "a".repeat(20), "blue-2", "blue-"])("%s can be the end of a stack's name", (name) => {
  expect(() => new Stack(app, stackIdOf("PrewarmStack", chosenEnvName(name)))).not.toThrow();
});

test("the stacks take it as their parameter's default", () => {
  for (const { name, template } of blue) {
    expect(name).toMatch(/-blue$/);
    expect(template.findParameters("envName")["envName"]?.["Default"]).toBe("blue");
  }
});

test.each([
  [undefined, {}],
  ["", {}],
  ["Team=media", { Team: "media" }],
  ["Team=media, CostCenter=42", { Team: "media", CostCenter: "42" }],
  ["Query=a=b,Empty=", { Query: "a=b", Empty: "" }],
  [
    { Team: "media", CostCenter: 42 },
    { Team: "media", CostCenter: "42" },
  ],
])("-c tags=%j are the tags %j", (context, tags) => {
  expect(chosenTags(context)).toEqual(tags);
});

test.each([
  ["Team", /each tag is key=value/],
  ["=media", /1 to 128 characters/],
  ["aws:team=media", /must not begin with aws:/],
  [`Team=${"x".repeat(257)}`, /at most 256 characters/],
  ["Team=a;b", /are allowed/],
  ["Team=a,Team=b", /given twice/],
  ["Team=a,team=b", /given twice/],
  [["Team"], /key=value pairs/],
  [Array.from({ length: 41 }, (_, i) => `T${i}=x`).join(), /at most 40 tags; got 41/],
])("-c tags=%s is refused, in one line", (context, says) => {
  expect(() => chosenTags(context)).toThrow(ContextError);
  expect(() => chosenTags(context)).toThrow(says);
});

test("tags are on what costs, and on instances and volumes that the group launches", () => {
  const tagged = newApp();
  Tags.of(tagged).add("Team", "media");
  const template = Template.fromStack(new PrewarmStack(tagged, "PrewarmStack"));
  const tag = { Key: "Team", Value: "media" };
  for (const type of ["DynamoDB::Table", "S3::Bucket", "SQS::Queue", "Lambda::Function", "Logs::LogGroup"]) {
    const resources = resourcesOf(template, `AWS::${type}`);
    expect(resources).not.toEqual([]);
    for (const [, { Properties }] of resources) expect(Properties.Tags).toContainEqual(tag);
  }
  const [[, { Properties: launch }] = ["", { Properties: {} }]] = resourcesOf(template, "AWS::EC2::LaunchTemplate");
  const specified = launch.LaunchTemplateData.TagSpecifications as { ResourceType: string; Tags: unknown[] }[];
  for (const type of ["instance", "volume"])
    expect(specified.find(({ ResourceType }) => ResourceType === type)?.Tags).toContainEqual(tag);
  const [[, { Properties: group }] = ["", { Properties: {} }]] = resourcesOf(
    template,
    "AWS::AutoScaling::AutoScalingGroup",
  );
  expect(group.Tags).toContainEqual({ ...tag, PropagateAtLaunch: true });
});
