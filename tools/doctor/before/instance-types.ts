import { fail, type Judgement, ok, warn } from "../judgement.ts";

export interface Offerings {
  readonly types: readonly string[];
  readonly zones: readonly string[];
  readonly offered: readonly { readonly zone: string; readonly type: string }[];
}

const NEXT = "deploy to another region or to other zones, or change the types in lib/agent-fleet.ts";

/**
 * Whether each zone has types to launch. A type that a zone lacks only leaves less to choose from there; a zone without any
 * launches nothing:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
 */
export function judgeInstanceTypes({ types, zones, offered }: Offerings): Judgement {
  const lacks = zones.map((zone) => ({
    zone,
    lacking: types.filter((type) => !offered.some((it) => it.zone === zone && it.type === type)),
  }));
  const empty = lacks.filter(({ lacking }) => lacking.length === types.length).map(({ zone }) => zone);
  if (empty.length === zones.length) return fail(`no zone has any of ${types.join(", ")}`, NEXT);
  if (empty.length > 0) return warn(`${empty.join(", ")} has none of the ${types.length} types`, NEXT);
  const partly = lacks.filter(({ lacking }) => lacking.length > 0);
  if (partly.length === 0) return ok(`all ${types.length} types in ${zones.join(", ")}`);
  const says = partly.map(({ zone, lacking }) => `${zone} lacks ${lacking.join(", ")}`).join("; ");
  return warn(says, "nothing, as long as Spot finds capacity among the other types");
}
