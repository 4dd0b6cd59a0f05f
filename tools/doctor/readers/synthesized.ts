import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../local/paths.ts";
import { type Template, templateSchema } from "./template.ts";

/**
 * What the stack `PrewarmStack` of this checkout asks for, so that it stands in one place: lib/. The app is run as
 * the CDK command line runs it (https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/cxapp/exec.ts), but makes
 * no bundles: they take most of the time and change none of what is read here.
 */
export async function synthesized(stack = "PrewarmStack"): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), "prewarm-doctor-"));
  const context = JSON.stringify({ "aws:cdk:bundling-stacks": [] });
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context };
  try {
    await promisify(execFile)(process.execPath, ["--import", "tsx", "bin/prewarm.ts"], { cwd: ROOT, env });
    return templateSchema.parse(JSON.parse(await readFile(join(folder, `${stack}.template.json`), "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
