import { App } from "aws-cdk-lib";
import { chosenEnvName, EnvNameError, stackIdOf } from "../lib/env-name.ts";
import { PrewarmExistingVpcStack } from "../lib/prewarm-existing-vpc-stack.ts";
import { PrewarmStack } from "../lib/prewarm-stack.ts";

const app = new App();
// `cdk deploy -c envName=blue PrewarmStack-blue` is a deployment beside `PrewarmStack`.
const envName = orOneLine(() => chosenEnvName(app.node.tryGetContext("envName")));
new PrewarmStack(app, stackIdOf("PrewarmStack", envName), { envName });
new PrewarmExistingVpcStack(app, stackIdOf("PrewarmExistingVpcStack", envName), { envName });

/** What is the caller's fault is said without a stack trace. */
function orOneLine<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnvNameError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
