import { type Judgement, ok, warn } from "../judgement.ts";

/** AWS's own key, which every role may use. The API answers with this alias until a key is chosen. */
const OF_AWS = /(^|:)alias\/aws\/ebs$/;

/**
 * Volumes of the instances are encrypted with the region's default key. With a key of the customer's, instances end right
 * after their launch unless Auto Scaling's role may use it:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
export function judgeEbsKey(key: string): Judgement {
  if (OF_AWS.test(key)) return ok("volumes are encrypted with AWS's own key");
  return warn(
    "volumes are encrypted with a key of yours by default",
    "let the role AWSServiceRoleForAutoScaling use that key, by its policy and a grant",
  );
}
