import { existsSync } from "node:fs";
import { cdk } from "./cdk.ts";
import type { LocalClients } from "./clients.ts";
import { type Deployed, readDeployed } from "./deployed.ts";
import type { Aws } from "./emulator.ts";

/** Runs `cdk bootstrap`, as a user does once for each account and region. */
export async function bootstrap(aws: Aws): Promise<void> {
  await cdk(aws, ["bootstrap", `aws://${aws.env["AWS_ACCESS_KEY_ID"]}/${aws.region}`]);
}

/** What `cdk synth` has made already, if `PREWARM_ASSEMBLY` names it: the tests deploy the same templates and bundles many times. */
function synthesized(stackName: string): string[] {
  const { PREWARM_ASSEMBLY: assembly } = process.env;
  return assembly !== undefined && existsSync(`${assembly}/${stackName}.template.json`) ? [`--app=${assembly}`] : [];
}

/** Runs `cdk deploy`, as a user does. */
export async function deploy(
  aws: Aws,
  clients: LocalClients,
  stackName: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Deployed> {
  const values = Object.entries(parameters).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]);
  await cdk(aws, ["deploy", stackName, "--require-approval=never", ...synthesized(stackName), ...values]);
  return readDeployed(clients, stackName);
}
