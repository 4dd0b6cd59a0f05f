import { readFileSync } from "node:fs";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { PrewarmExistingVpcStack } from "../lib/prewarm-existing-vpc-stack.ts";
import { PrewarmStack } from "../lib/prewarm-stack.ts";
import { ACKNOWLEDGED } from "./acknowledged.ts";

// `npm run nag`: both stacks against cdk-nag's AwsSolutions. It is no part of the deployed app, so that nobody who
// launches a template has to know it.
const { context } = JSON.parse(readFileSync(new URL("../cdk.json", import.meta.url), "utf8"));
const app = new App({ context });
new PrewarmStack(app, "PrewarmStack");
new PrewarmExistingVpcStack(app, "PrewarmExistingVpcStack");
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
for (const acknowledged of ACKNOWLEDGED) Validations.of(app).acknowledge(acknowledged);
// Throws when there are findings left.
app.synth();
console.log(`cdk-nag: no finding but the ${ACKNOWLEDGED.length} that are acknowledged`);
