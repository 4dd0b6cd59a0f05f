import { type Judgement, ok, warn } from "../judgement.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html */
export const SPOT_ROLE = "AWSServiceRoleForEC2Spot";

export function judgeSpotRole(isThere: boolean): Judgement {
  if (isThere) return ok(`the role ${SPOT_ROLE} is there`);
  return warn(
    `the role ${SPOT_ROLE} is not there; the first Spot request makes it if it may`,
    "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
  );
}
