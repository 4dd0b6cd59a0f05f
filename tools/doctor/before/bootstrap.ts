import { fail, type Judgement, ok } from "../judgement.ts";

export const BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version";
/** What the templates' rule CheckBootstrapVersion asks for. */
const NEEDED = 6;
const NEXT = "npx cdk bootstrap (a launch from published templates needs none)";

/** @param version undefined: the region is not bootstrapped */
export function judgeBootstrap(version: string | undefined): Judgement {
  if (version === undefined) return fail("this region is not bootstrapped for CDK", NEXT);
  if (Number(version) >= NEEDED) return ok(`bootstrapped, version ${version}`);
  return fail(`bootstrapped with version '${version}'; ${NEEDED} is needed`, NEXT);
}
