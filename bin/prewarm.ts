import { App, Tags } from "aws-cdk-lib";
import { ContextError, choosesExistingVpc, chosenEnvName, chosenTags, stackIdOf } from "../lib/context.ts";
import { PrewarmExistingVpcStack, PrewarmStack } from "../lib/stacks.ts";

const app = new App();
// `cdk deploy -c envName=blue` is a deployment beside `PrewarmStack`: `PrewarmStack-blue`.
const envName = exitOnContextError(() => chosenEnvName(app.node.tryGetContext("envName")));
const tags = exitOnContextError(() => chosenTags(app.node.tryGetContext("tags")));
const isInExistingVpc = exitOnContextError(() => choosesExistingVpc(app.node.tryGetContext("existingVpc")));
for (const [key, value] of Object.entries(tags)) Tags.of(app).add(key, value);
// One stack: with two, each command of the CDK needs a name.
if (isInExistingVpc) new PrewarmExistingVpcStack(app, stackIdOf("PrewarmExistingVpcStack", envName), { envName });
else new PrewarmStack(app, stackIdOf("PrewarmStack", envName), { envName });

/** Prints a ContextError without a stack trace, and exits. */
function exitOnContextError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
