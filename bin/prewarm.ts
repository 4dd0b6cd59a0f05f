import { App } from "aws-cdk-lib";
import { PrewarmExistingVpcStack } from "../lib/prewarm-existing-vpc-stack.ts";
import { PrewarmStack } from "../lib/prewarm-stack.ts";

const app = new App();
new PrewarmStack(app, "PrewarmStack");
new PrewarmExistingVpcStack(app, "PrewarmExistingVpcStack");
