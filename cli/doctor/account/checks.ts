import { required } from "../check/aws-errors.ts";
import { type Check, checker, fail, type Judgement, ok, warn } from "../check/check.ts";
import type { ExistingNetwork } from "../check/options.ts";
import { judgeBlockPublicAccess, networkChecks } from "./network.ts";
import type { AccountReader } from "./read-account.ts";

export interface AccountDeps {
  readonly account: AccountReader;
  /** Instance types that would be deployed. */
  readonly types: readonly string[];
  /** A VPC that there is; undefined: the stack makes its own. */
  readonly network: ExistingNetwork | undefined;
}

/** "All Standard … Spot Instance Requests": the code that `aws service-quotas list-service-quotas --service-code ec2` shows for it. */
const SPOT_QUOTA = ["ec2", "L-34B43A08"] as const;
/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html */
const SPOT_ROLE = "AWSServiceRoleForEC2Spot";

const NO_INSTANCES = "docs/operations.md#no-instances";

const check = checker({ phase: "before", awsOnly: true });

/** Checks of the account before a deployment, of what `cdk deploy` does not find itself. */
export function accountChecks({ account, types, network }: AccountDeps): Check[] {
  const checks: Check[] = [
    check("instance types", NO_INSTANCES, async () => {
      const [zones, offered] = await Promise.all([zonesOf(account, network), account.offerings(types)]);
      return judgeInstanceTypes({ types, zones, offered });
    }),
    check("account plan", "docs/deploy.md#on-awss-free-plan", async () => {
      if ((await account.plan()) !== "FREE") return ok("the account is not on the Free plan");
      return judgeFreePlan(types, await account.freePlanTypes());
    }),
    check("Spot quota", NO_INSTANCES, async () => judgeSpotQuota(await account.quota(...SPOT_QUOTA))),
    check("Lambda concurrency", "docs/operations.md#function-throttles", async () =>
      judgeConcurrency(await account.concurrency()),
    ),
    check("default EBS key", NO_INSTANCES, async () => judgeEbsKey(await account.defaultEbsKey())),
    check("role for Spot", NO_INSTANCES, async () => judgeSpotRole(await account.hasRole(SPOT_ROLE))),
    check("VPC Block Public Access", NO_INSTANCES, () => judgeBlockPublicAccess(account, network)),
  ];
  return network === undefined ? checks : [...checks, ...networkChecks(account, network)];
}

async function zonesOf(account: AccountReader, network: ExistingNetwork | undefined): Promise<string[]> {
  if (network === undefined) return account.zones();
  const subnets = await account.subnets(network.subnets);
  return [...new Set(subnets.map(({ AvailabilityZone }) => required(AvailabilityZone, "AvailabilityZone")))].sort();
}

interface Offerings {
  readonly types: readonly string[];
  readonly zones: readonly string[];
  readonly offered: readonly { readonly zone: string; readonly type: string }[];
}

/**
 * Whether each zone has types to launch. A type that a zone lacks only leaves less to choose from there; a zone without any
 * launches nothing:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
 */
function judgeInstanceTypes({ types, zones, offered }: Offerings): Judgement {
  const next = "deploy to another Region or other Availability Zones, or use --parameters instanceTypes=…";
  const lacks = zones.map((zone) => ({
    zone,
    lacking: types.filter((type) => !offered.some((it) => it.zone === zone && it.type === type)),
  }));
  const empty = lacks.filter(({ lacking }) => lacking.length === types.length).map(({ zone }) => zone);
  if (empty.length === zones.length) return fail(`no Availability Zone offers any of ${types.join(", ")}`, next);
  if (empty.length > 0) return warn(`${empty.join(", ")} offers none of the ${types.length} instance types`, next);
  const partly = lacks.filter(({ lacking }) => lacking.length > 0);
  if (partly.length === 0) return ok(`all ${types.length} instance types are available in ${zones.join(", ")}`);
  const says = partly.map(({ zone, lacking }) => `${zone} lacks ${lacking.join(", ")}`).join("; ");
  return warn(says, "no action is needed while Spot finds capacity for the other types");
}

/** @param eligible types that are eligible for the free tier: an account on the Free plan launches no others */
function judgeFreePlan(types: readonly string[], eligible: readonly string[]): Judgement {
  const usable = types.filter((type) => eligible.includes(type));
  if (usable.length > 0) return ok(`the account is on the Free plan, which launches ${usable.join(", ")}`);
  const says = `the account is on the Free plan, which launches none of the ${types.length} default instance types`;
  const upgrade = "upgrade: aws freetier upgrade-account-plan --account-plan-type PAID";
  if (eligible.length === 0) return fail(says, upgrade);
  // A parameter of the deployment may name these types, and is not in the template.
  return warn(says, `deploy with --parameters instanceTypes=${eligible.toSorted().join(",")}, or ${upgrade}`);
}

/** vCPUs of the type that is tried first, a `.large`. */
const VCPUS = 2;
/** Ten instances: enough that a large request is not held up by the quota alone. */
const ENOUGH_VCPUS = 10 * VCPUS;

/** @param vcpus 5 in a new account: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html */
function judgeSpotQuota(vcpus: number): Judgement {
  const says = `${vcpus} vCPUs, enough for ${Math.floor(vcpus / VCPUS)} instances with ${VCPUS} vCPUs each`;
  const next = "request a higher 'All Standard Spot Instance Requests' quota in Service Quotas (EC2)";
  if (vcpus < 1) return fail(says, next);
  return vcpus < ENOUGH_VCPUS ? warn(says, next) : ok(says);
}

/**
 * A stream may have ten executions at once (`parallelizationFactor` in lib/pipeline.ts), and several run side by side.
 * Accounts have 1,000, some new ones fewer: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const ENOUGH_EXECUTIONS = 100;

function judgeConcurrency(executions: number): Judgement {
  const says = `${executions} concurrent executions for all functions of the account`;
  if (executions >= ENOUGH_EXECUTIONS) return ok(says);
  return warn(
    says,
    "request a higher 'Concurrent executions' quota in Service Quotas (Lambda); until then, requests are slower, and warmWritesPerSecond must stay 4000",
  );
}

/** AWS's own key, which every role may use. The API answers with this alias until a key is chosen. */
const KEY_OF_AWS = /(^|:)alias\/aws\/ebs$/;

/**
 * Volumes of the instances are encrypted with the region's default key. With a key of the customer's, instances end right
 * after their launch unless Auto Scaling's role may use it:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
function judgeEbsKey(key: string): Judgement {
  if (KEY_OF_AWS.test(key)) return ok("volumes are encrypted with the AWS managed key");
  return warn(
    "volumes are encrypted with a customer managed key by default",
    "allow the role AWSServiceRoleForAutoScaling to use this key: in the key policy, and with a grant",
  );
}

function judgeSpotRole(exists: boolean): Judgement {
  if (exists) return ok(`the role ${SPOT_ROLE} exists`);
  return warn(
    `the role ${SPOT_ROLE} does not exist; the first Spot request creates it if its caller has the permission`,
    "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
  );
}
