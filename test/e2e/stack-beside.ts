// Provides a stack beside the one that is deployed already, for tests that need one of their own: to change or to destroy.
import { cdk, existingNetwork, readDeployed } from "../../tools/local/deploy.ts";
import { Stack } from "./stack.ts";

/** Deploys a stack in an existing VPC under a name that no other test uses, as an operator does, and puts it to work. */
export async function launchBeside({ prewarm, metadata }: Stack, envName: string): Promise<Stack> {
  const { aws, clients } = prewarm;
  const stackName = `PrewarmExistingVpcStack-${envName}`;
  const network = await existingNetwork(clients, envName);
  const parameters = Object.entries(network).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]);
  await cdk(aws, ["deploy", stackName, "-c", `envName=${envName}`, "--require-approval=never", ...parameters]);
  return new Stack({ ...prewarm, ...(await prewarm.putToWork(await readDeployed(clients, stackName))) }, metadata);
}
