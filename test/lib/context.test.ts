import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack, Tags } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { BUNDLING_STACKS } from "aws-cdk-lib/cx-api";
import { ContextError, choosesExistingVpc, chosenEnvName, chosenTags, stackIdOf } from "../../lib/context.ts";
import { PrewarmStack } from "../../lib/stacks.ts";
import { newApp, propertiesOf, ROOT, synthesizeStacks, theOnly } from "./synth.ts";

const app = newApp();

const blue = synthesizeStacks("blue");

// Without a name and with the default, it is the same stack: two would want the same group.
test.each([
  [undefined, "prod", "PrewarmStack"],
  ["prod", "prod", "PrewarmStack"],
  ["blue", "blue", "PrewarmStack-blue"],
])("-c envName=%s is the environment %s, whose stack is %s", (context, envName, stackId) => {
  expect(chosenEnvName(context)).toBe(envName);
  expect(stackIdOf("PrewarmStack", envName)).toBe(stackId);
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

test.each([undefined, false, "false", true, "true"])("-c existingVpc=%s chooses a stack", (context) => {
  expect(choosesExistingVpc(context)).toBe(String(context) === "true");
});

test.each(["", "yes", 1])("-c existingVpc=%s is refused, in one line", (context) => {
  expect(() => choosesExistingVpc(context)).toThrow(
    new ContextError(`-c existingVpc=${context}: it must be true or false`),
  );
});

// `cdk deploy` without a name deploys the only stack of an app, and fails if there are two.
test.each([
  [{}, "PrewarmStack"],
  [{ existingVpc: "true", envName: "blue" }, "PrewarmExistingVpcStack-blue"],
])("with the context %j, %s is the only stack of the app", { timeout: 60_000 }, (context, stack) => {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-app-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const CDK_CONTEXT_JSON = JSON.stringify({ ...context, [BUNDLING_STACKS]: [] });
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON };
  execFileSync(process.execPath, ["--import", "tsx", "bin/prewarm.ts"], { cwd: ROOT, env, stdio: "pipe" });
  expect(readdirSync(folder).filter((name) => name.endsWith(".template.json"))).toEqual([`${stack}.template.json`]);
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
    const resources = propertiesOf(template, `AWS::${type}`);
    expect(resources).not.toEqual([]);
    for (const { Tags } of resources) expect(Tags).toContainEqual(tag);
  }
  for (const ResourceType of ["instance", "volume"])
    expect(theOnly(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData.TagSpecifications).toContainEqual({
      ResourceType,
      Tags: expect.arrayContaining([tag]),
    });
  expect(theOnly(template, "AWS::AutoScaling::AutoScalingGroup").Tags).toContainEqual({
    ...tag,
    PropagateAtLaunch: true,
  });
});
