import { ACKNOWLEDGED } from "./acknowledged.ts";
import { compare, findings } from "./findings.ts";

// `npm run test:rest nag`: checks both stacks with cdk-nag's AwsSolutions. It is not a part of the deployed app, so nobody who
// launches a template has to know it.
const found = findings();
const { open, stale } = compare(found, ACKNOWLEDGED);
for (const { id, path } of open) console.error(`${path}: ${id}`);
for (const { id, path } of stale) console.error(`${path}: ${id} is acknowledged, but not found any more`);
if (open.length + stale.length > 0) process.exitCode = 1;
else console.log(`cdk-nag: ${found.length} findings, all of them acknowledged for ${ACKNOWLEDGED.length} reasons`);
