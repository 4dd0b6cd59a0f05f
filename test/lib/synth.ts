import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { BUNDLING_STACKS } from "aws-cdk-lib/cx-api";
import * as z from "zod";
import { CAPS } from "../../domain/request/caps.ts";
import { AgentFleet } from "../../lib/agent-fleet.ts";
import { DEFAULT_ENV_NAME, stackIdOf } from "../../lib/context.ts";
import { Network } from "../../lib/network.ts";
import { addParameters, NEW_VPC } from "../../lib/parameters.ts";
import { Queues } from "../../lib/queues.ts";
import { PrewarmExistingVpcStack, PrewarmStack } from "../../lib/stacks.ts";
import { Storage } from "../../lib/storage.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * An app with the project's own feature flags: without them, other resources would come out. Call it outside of tests:
 * its output on disk is removed at the end of the test file.
 * @param bundles whether code is bundled, which takes seconds. @default templates alone are made
 */
export function newApp(bundles: "bundles" | "no bundles" = "no bundles"): App {
  const outdir = mkdtempSync(join(tmpdir(), "prewarm-test-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const { context } = JSON.parse(readFileSync(`${ROOT}cdk.json`, "utf8"));
  return new App({ outdir, context: bundles === "bundles" ? context : { ...context, [BUNDLING_STACKS]: [] } });
}

/** Both stacks, as `cdk synth` makes them. */
export function synthesizeStacks(envName = DEFAULT_ENV_NAME): { readonly name: string; readonly template: Template }[] {
  const app = newApp();
  const stacks = [
    new PrewarmStack(app, stackIdOf("PrewarmStack", envName), { envName }),
    new PrewarmExistingVpcStack(app, stackIdOf("PrewarmExistingVpcStack", envName), { envName }),
  ];
  return stacks.map((stack) => ({ name: stack.stackName, template: Template.fromStack(stack) }));
}

/** The template of a part of the stack alone. */
export function synthesize(build: (stack: Stack) => void): Template {
  const stack = new Stack(newApp(), "Test");
  build(stack);
  return Template.fromStack(stack);
}

/** The fleet with only those other parts that it needs. */
export function addFleet(stack: Stack): void {
  const parameters = addParameters(stack, NEW_VPC);
  new AgentFleet(stack, "Fleet", {
    parameters,
    network: new Network(stack, "Network", parameters.zones),
    storage: new Storage(stack, "Storage", parameters),
    queues: new Queues(stack, "TaskQueue"),
    groupName: "prewarm_asg_test",
  });
}

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of a thousand shapes, and what is looked up is what is asserted
  readonly Properties: any;
}

/** Resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}

export function propertiesOf(template: Template, type: string): Resource["Properties"][] {
  return resourcesOf(template, type).map(([, { Properties }]) => Properties);
}

/** The one resource of a type. */
export function theOnly(template: Template, type: string): Resource["Properties"] {
  const all = propertiesOf(template, type);
  if (all.length !== 1) throw new Error(`there are ${all.length} of ${type}`);
  return all[0];
}

/** Logical id of the first resource of a type that has this text in it. */
export function idOf(template: Template, type: string, part = ""): string {
  return resourcesOf(template, type).find(([id]) => id.includes(part))?.[0] ?? `there is no ${type}`;
}

/** A value of the template as CloudFormation would render it, with a made-up value for each reference. */
export function rendered(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const [[intrinsic, argument] = []] = Object.entries(value);
  if (intrinsic === "Ref") return REFERENCES[argument] ?? `ref-${argument}`;
  if (intrinsic === "Fn::Join") return listOf(argument[1]).join(argument[0]);
  if (intrinsic === "Fn::Split") return rendered(argument[1]);
  // The only condition within a text: whether it is China.
  if (intrinsic === "Fn::If") return rendered(argument[2]);
  if (intrinsic === "Fn::Sub")
    return argument.replaceAll(/\$\{([^}]+)\}/g, (_: string, name: string) => rendered({ Ref: name }));
  if (intrinsic === "Fn::GetAtt") return `att-${argument.join("-")}`;
  if (intrinsic === "Fn::Base64") return rendered(argument);
  throw new Error(`cannot render ${intrinsic}`);
}

/** The items of a list: of a reference to a parameter, those of its default. */
function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(rendered);
  const split = z.object({ "Fn::Split": z.tuple([z.string(), z.unknown()]) }).safeParse(value).data?.["Fn::Split"];
  return split === undefined ? rendered(value).split(",") : rendered(split[1]).split(split[0]);
}

const REFERENCES: Readonly<Record<string, string>> = {
  "AWS::Region": "eu-west-1",
  "AWS::AccountId": "123456789012",
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  envName: "prod",
  console: "on",
  firstByteSeconds: "120",
  warmWritesPerSecond: "4000",
  stallSeconds: "900",
  distributions: "*",
  latestAmi: "ami-0123456789abcdef0",
  spotPricePerHour: "0",
  onDemandPercent: "0",
  sourceBuckets: "media,docs/site/*",
  ...Object.fromEntries(Object.entries(CAPS).map(([name, cap]) => [name, String(cap.default)])),
};
