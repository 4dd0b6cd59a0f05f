import { SPOT_SHARE, VCPU_HOUR } from "./prices.ts";

/** The kind of instance that a deployment likely runs. */
export interface InstanceKind {
  readonly type: string;
  readonly vcpus: number;
  /** Dollars of an hour on Spot. */
  readonly spotHour: number;
  /** Dollars of an hour of the fleet's mix of Spot and On-Demand Instances. */
  readonly hour: number;
  /** Share of On-Demand Instances, from 0 to 100. */
  readonly onDemandPercent: number;
}

/** vCPUs by what stands before `xlarge` or in its place. */
const SMALL: Readonly<Record<string, number>> = { medium: 1, large: 2, xlarge: 4 };

/** vCPUs of a type; of one that stands for every size, as many as a `large` has. */
export function vcpusOf(type: string): number {
  const size = type.split(".")[1] ?? "";
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  return times === undefined ? (SMALL[size] ?? 2) : 4 * Number(times);
}

/**
 * The one in the middle of the types by vCPUs, of a family with a known price if there is one: EC2 picks what Spot has most of, and nobody
 * can tell which.
 * @param types of the stack's `instanceTypes`
 * @param spotPrice dollars an hour, as whoever deployed it knows; undefined: a share of the On-Demand price
 * @param onDemandPercent of the instances, from 0 to 100
 */
export function instanceKind(types: readonly string[], spotPrice?: number, onDemandPercent = 0): InstanceKind {
  const sizes = types.map(vcpusOf).toSorted((a, b) => a - b);
  const vcpus = sizes[Math.floor((sizes.length - 1) / 2)] ?? 2;
  const ofThatSize = types.filter((it) => vcpusOf(it) === vcpus);
  // The newest families have no entry in VCPU_HOUR yet.
  const type = ofThatSize.find((it) => Object.hasOwn(VCPU_HOUR, familyOf(it))) ?? ofThatSize[0] ?? "c7gn.large";
  const onDemandHour = onDemandOf(type, vcpus);
  const spotHour = spotPrice ?? onDemandHour * SPOT_SHARE;
  const hour = spotHour + (onDemandPercent / 100) * (onDemandHour - spotHour);
  return { type, vcpus, spotHour, hour, onDemandPercent };
}

function familyOf(type: string): string {
  return type.split(".")[0] ?? "";
}

/** Dollars of an hour. Of a family without a price: that of the dearest. */
function onDemandOf(type: string, vcpus: number): number {
  const dearest = Math.max(...Object.values(VCPU_HOUR).map(({ dollars }) => dollars));
  return (VCPU_HOUR[familyOf(type)]?.dollars ?? dearest) * vcpus;
}

/** What the tables of the documents are computed for. */
export const INSTANCE: InstanceKind = instanceKind(["c7gn.large"]);
