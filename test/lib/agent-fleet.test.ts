// What an instance is given: its environment, and the code that its role may fetch. test/pipeline/permissions.test.ts has the other
// permissions of the role.
import { execFileSync } from "node:child_process";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { envSchema } from "../../agent/env.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { prefixedSynthesizer } from "../../lib/stacks.ts";
import { evaluate, parseStatement } from "../iam/policy.ts";
import { addFleet, newApp, propertiesOf, type Resource, rendered, theOnly } from "./synth.ts";

const stack = new Stack(newApp(), "Test", { synthesizer: prefixedSynthesizer() });
addFleet(stack);
const template = Template.fromStack(stack);
const script = rendered(theOnly(template, "AWS::EC2::LaunchTemplate").LaunchTemplateData.UserData);

test("the user data give the agent all of the environment that it reads", () => {
  // Without the lines that ship the logs: they would install something here.
  const before = script.slice(0, script.indexOf("ship_logs"));
  const lines = execFileSync("bash", { input: `${before}\nprintf '%s\\n' "$AGENT_ENV"`, encoding: "utf8" });
  const variables: Record<string, string> = Object.fromEntries(
    lines
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2)),
  );
  // References come out as names; a queue's is its URL.
  const queues = Object.keys(variables).filter((name) => name.endsWith("QUEUE_URL"));
  for (const name of queues) variables[name] = `https://sqs.example/${variables[name]}`;
  const queue = template.findResources("AWS::SQS::Queue")[variables["QUEUE_URL"]?.split("/ref-")[1] ?? ""];
  expect(readEnvironment(envSchema, variables)).toMatchObject({
    VISIBILITY_SECONDS: queue?.["Properties"].VisibilityTimeout,
    PREWARM_FIRST_BYTE_SECONDS: 120,
    // A parameter, like the seconds of the first byte.
    STALL_SECONDS: 900,
    // What it is not given.
    PREWARM_HTTPS_PORT: 443,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://169.254.169.254",
    PREWARM_IDLE_MINUTES: 15,
    PREWARM_KEPT_ERROR_SECONDS: 11,
  });
  expect(variables).toHaveProperty("AWS_REGION", "eu-west-1");
  for (const of of [queues, Object.keys(variables).filter((name) => name.endsWith("_TABLE"))])
    expect(new Set(of.map((name) => variables[name])).size).toBe(3);
});

// An update changes the role before the group, and a rollback after it.
test.each([
  ["its own version", (key: string) => key, "allow"],
  ["another version", (key: string) => key.replace(/[0-9a-f]{64}/, "0".repeat(64)), "allow"],
  ["another project's code in the same bucket", (key: string) => key.replace("prewarm/", ""), "implicit deny"],
  ["another project's prefix", (key: string) => key.replace("prewarm/", "another/"), "implicit deny"],
] as const)("an instance that fetches %s", (_, keyOf, decision) => {
  const key = /^AGENT_CODE_URL='s3:\/\/(.*\/prewarm\/[0-9a-f]{64}\.zip)'$/m.exec(script)?.[1] ?? "";
  const reads = propertiesOf(template, "AWS::IAM::Policy")
    .flatMap(({ PolicyDocument }: Resource["Properties"]) => PolicyDocument.Statement)
    .filter(({ Action }) => Action === "s3:GetObject")
    .map((it) => parseStatement({ ...it, Resource: rendered(it.Resource) }));
  const request = { action: "s3:GetObject", resource: `arn:aws:s3:::${keyOf(key)}`, context: {} };
  expect(evaluate(reads, request)).toBe(decision);
});
