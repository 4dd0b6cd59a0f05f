import type { Aws } from "./emulator.ts";
import { ROOT, RUN } from "./paths.ts";
import { run } from "./processes.ts";

const CDK = `${ROOT}node_modules/aws-cdk/bin/cdk`;

/** Runs the CDK command line as a user does, in a folder with a CDK app; what it synthesizes goes to `output`. */
export async function cdk(
  aws: Aws,
  args: readonly string[],
  app: string = ROOT,
  output = `${RUN}cdk.out`,
): Promise<string> {
  const env = { ...process.env, ...aws.env, CDK_DISABLE_CLI_TELEMETRY: "true", CI: "true" };
  return run(process.execPath, [CDK, ...args, "--no-notices", `--output=${output}`], env, app);
}
