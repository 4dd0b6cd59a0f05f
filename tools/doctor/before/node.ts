import { fail, type Judgement, ok } from "../judgement.ts";

/** CDK and the AWS SDK support no older one: https://docs.aws.amazon.com/cdk/v2/guide/node-versions.html */
const MIN_MAJOR = 22;

/** @param version as `process.versions.node` has it */
export function judgeNode(version: string): Judgement {
  const says = `this is Node.js ${version}`;
  if (Number.parseInt(version, 10) >= MIN_MAJOR) return ok(says);
  return fail(says, `deploy with Node.js ${MIN_MAJOR} or later; Node.js 20.19 is enough for local runs`);
}
