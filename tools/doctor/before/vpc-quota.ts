import { fail, type Judgement, ok } from "../judgement.ts";

/** "VPCs per Region", 5 by default: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const VPC_QUOTA = { service: "vpc", code: "L-F678F1CE" } as const;

export interface Vpcs {
  readonly used: number;
  readonly quota: number;
}

/** PrewarmStack makes one VPC, and one internet gateway, whose quota goes with that of the VPCs. */
export function judgeVpcQuota({ used, quota }: Vpcs): Judgement {
  const says = `${used} of ${quota} VPCs are used`;
  if (used < quota) return ok(says);
  return fail(says, "ask for more 'VPCs per Region', delete one, or deploy PrewarmExistingVpcStack into one");
}
