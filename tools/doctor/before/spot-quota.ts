import { fail, type Judgement, ok, warn } from "../judgement.ts";

/**
 * "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", in vCPUs; 5 in a new account:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html
 * The code is the one that `aws service-quotas list-service-quotas --service-code ec2` shows beside that name.
 */
export const SPOT_QUOTA = { service: "ec2", code: "L-34B43A08" } as const;

/** vCPUs of the type that is tried first, a `.large`. */
const VCPUS = 2;
/** Ten instances: enough that a large request is not held up by the quota alone. */
const COMFORTABLE = 10 * VCPUS;

export function judgeSpotQuota(vcpus: number): Judgement {
  const says = `${vcpus} vCPUs of Spot, enough for ${Math.floor(vcpus / VCPUS)} instances of ${VCPUS} vCPUs`;
  const next = "ask for more 'All Standard Spot Instance Requests' in Service Quotas (EC2)";
  if (vcpus < 1) return fail(says, next);
  return vcpus < COMFORTABLE ? warn(says, next) : ok(says);
}
