import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { REPOSITORY } from "../../api/connect.ts";
import { CommandError } from "../../command-error.ts";

const parameterSchema = z.looseObject({ Default: z.union([z.string(), z.number()]).optional() });
const resourceSchema = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() });

/** A template as far as the doctor reads it. Formats other than JSON are none of this project's. */
export const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Resources: z.record(z.string(), resourceSchema),
});
export type Template = z.infer<typeof templateSchema>;

/** Resources of a type, by their logical ids. */
export function resourcesOf(template: Template, type: string): [id: string, properties: Record<string, unknown>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties ?? {}]);
}

/** Every text below a value, with the defaults of the parameters that it refers to. */
export function textsIn(template: Template, value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if ("Ref" in value && typeof value.Ref === "string") {
    const given = template.Parameters[value.Ref]?.Default;
    return given === undefined ? [] : String(given).split(",");
  }
  return Object.values(value).flatMap((part) => textsIn(template, part));
}

const INSTANCE_TYPE = /^[a-z][a-z0-9-]*\.([0-9]*xlarge|nano|micro|small|medium|large|metal[a-z0-9-]*)$/;

/** The types that the group may launch. */
export function instanceTypesOf(template: Template): string[] {
  const groups = resourcesOf(template, "AWS::AutoScaling::AutoScalingGroup").map(([, properties]) => properties);
  return [...new Set(textsIn(template, groups).map((text) => text.trim()))].filter((text) => INSTANCE_TYPE.test(text));
}

/**
 * The template of `PrewarmStack` as the repository has it, so that what it asks for stands in one place: lib/. The app is run as
 * the CDK command line runs it (https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/cxapp/exec.ts), but makes
 * no bundles: they take most of the time and change none of what is read here.
 * @throws CommandError where the command is a package
 */
export async function synthesized(repository = REPOSITORY): Promise<Template> {
  const app = "bin/prewarm.ts";
  if (!existsSync(join(repository, app)))
    throw new CommandError(
      "this check needs the template of the stack, which is in the repository but not in the npm package",
      "run this in a clone of the repository, after npm ci: npx prewarm doctor --before",
    );
  const folder = await mkdtemp(join(tmpdir(), "prewarm-doctor-"));
  const context = JSON.stringify({ "aws:cdk:bundling-stacks": [] });
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context };
  try {
    await promisify(execFile)(process.execPath, ["--import", "tsx", app], { cwd: repository, env });
    return templateSchema.parse(JSON.parse(await readFile(join(folder, "PrewarmStack.template.json"), "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
