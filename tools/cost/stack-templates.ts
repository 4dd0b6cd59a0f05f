import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../local/paths.ts";
import { type StackTemplate, stackTemplateSchema } from "../stack-template.ts";

export const STACKS = ["PrewarmStack", "PrewarmExistingVpcStack"] as const;

export type StackName = (typeof STACKS)[number];

let made: Readonly<Record<StackName, StackTemplate>> | undefined;

/**
 * The templates of this checkout, synthesized once a process. The app is run as the CDK command line runs it, with the feature flags of
 * cdk.json: https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/cxapp/exec.ts. Code is not bundled: nobody reads it here.
 */
export function stackTemplates(): Readonly<Record<StackName, StackTemplate>> {
  made ??= synthesize();
  return made;
}

function synthesize(): Readonly<Record<StackName, StackTemplate>> {
  const folder = mkdtempSync(join(tmpdir(), "prewarm-cost-"));
  const { context } = JSON.parse(readFileSync(`${ROOT}cdk.json`, "utf8"));
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, "aws:cdk:bundling-stacks": [] }),
    // The check of the templates takes most of the time, and the tests of lib/ make it.
    CDK_VALIDATION: "false",
  };
  try {
    execFileSync(process.execPath, ["--import", "tsx", "bin/prewarm.ts"], { cwd: ROOT, env, stdio: "pipe" });
    const template = (name: StackName) =>
      stackTemplateSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.template.json`), "utf8")));
    return {
      PrewarmStack: template("PrewarmStack"),
      PrewarmExistingVpcStack: template("PrewarmExistingVpcStack"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
