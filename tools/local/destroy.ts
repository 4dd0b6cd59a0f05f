import { cdk } from "./cdk.ts";
import type { Aws } from "./emulator.ts";

/** Runs `cdk destroy`, as a user does, and says yes. */
export async function destroy(aws: Aws, stackName: string, envName: string): Promise<void> {
  await cdk(aws, ["destroy", stackName, "-c", `envName=${envName}`, "--force"]);
}
