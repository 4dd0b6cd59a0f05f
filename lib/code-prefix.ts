import { DefaultStackSynthesizer } from "aws-cdk-lib";

/** In front of the keys of this project's code, in CDK's bucket, where other projects' code lies as well. */
export const CODE_PREFIX = "prewarm/";

/** CDK's usual way to deploy, with the code under the prefix, by which a role can be told what it may read. */
export function prefixedSynthesizer(): DefaultStackSynthesizer {
  return new DefaultStackSynthesizer({ bucketPrefix: CODE_PREFIX });
}
