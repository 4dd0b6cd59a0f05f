import { USED_SHARE } from "../origin/reservations.ts";
import { MAX_PATHS_IN_PROGRESS } from "../request/invalidation.ts";
import { type PopTraffic, totalOf } from "./edge-traffic.ts";
import type { InstanceKind } from "./prices.ts";

/** Facts that decide how long a request takes. */
export interface Work {
  readonly traffic: readonly PopTraffic[];
  /** URLs times variants. */
  readonly objects: number;
  readonly instances: number;
  readonly kind: InstanceKind;
  /** Paths that are invalidated. */
  readonly paths: number;
  readonly distributions: number;
  /** Whether instances are raised when tasks are about to be queued: where an invalidation or sources come first. */
  readonly isRaisedLate: boolean;
  /** Requests that reach the origin while tasks are done. */
  readonly fetches: number;
  /** The request's limit. */
  readonly originPerSecond: number | undefined;
}

/** How long a request takes. */
export interface WorkTime {
  /** Null: it does not end, because it has no instance. */
  readonly seconds: number | null;
  /** Billed seconds of all instances together. */
  readonly instanceSeconds: number;
  /** What it waits for most. */
  readonly binds: string;
}

/** Streams, look-ups, the checks, which wait until a response has aged by a second, and the recount. */
const PIPELINE_OVERHEAD_SECONDS = 20;
/** Size probes per second: 64 at once take 50 ms each. */
const SIZE_PROBES_PER_SECOND = 1_280;
/** An invalidation takes about so long, and a distribution has a bounded number of paths in progress. */
const INVALIDATION_SECONDS = 60;

/** How long it takes if every POP and the origin answer as fast as they are asked. */
export function workTime(work: Work, units: Units): WorkTime {
  const { objects, instances, paths, distributions, isRaisedLate, originPerSecond = Number.POSITIVE_INFINITY } = work;
  if (instances === 0)
    return { seconds: null, instanceSeconds: 0, binds: "the lack of instances: instance_count is 0" };
  const sizes = objects / Math.min(SIZE_PROBES_PER_SECOND, originPerSecond);
  const invalidating = Math.ceil(paths / distributions / MAX_PATHS_IN_PROGRESS) * INVALIDATION_SECONDS;
  const bounds = boundsOf(work, units);
  const busy = Math.max(...bounds.map(([, seconds]) => seconds));
  // They boot while sizes are asked for, unless they are raised late.
  const ahead = isRaisedLate ? sizes + invalidating + BOOT_SECONDS : Math.max(sizes, BOOT_SECONDS);
  const all: readonly Bound[] = [
    ...bounds,
    ["the start of instances", BOOT_SECONDS],
    ["the size probes, which come first", sizes],
    ["the invalidation, which comes first", invalidating],
  ];
  const [binds] = all.reduce((a, b) => (b[1] > a[1] ? b : a));
  return {
    seconds: PIPELINE_OVERHEAD_SECONDS + ahead + busy,
    instanceSeconds: instances * (PIPELINE_OVERHEAD_SECONDS + busy + (isRaisedLate ? BOOT_SECONDS : ahead)),
    binds,
  };
}

type Bound = readonly [name: string, seconds: number];

function boundsOf(work: Work, units: Units): readonly Bound[] {
  const { traffic, instances, kind, fetches, distributions, originPerSecond } = work;
  const bytes = totalOf(traffic, "bytes");
  const requests = totalOf(traffic, "requests");
  const small = (requests * units.agentCpuMicros) / 1e6;
  const large = bytes / (units.largeMBPerSecond * 1e6);
  const gigabits = (bytes * 8) / 1e9;
  return [
    [`CPU of ${instances} ${kind.type}`, Math.max(small, large) / (instances * kind.vcpus)],
    [`the links of ${instances} instances, ${LINK_GIGABITS} Gbit/s each`, gigabits / (instances * LINK_GIGABITS)],
    ["the write capacity of new tables", secondsToWrite(totalOf(traffic, "tasks"))],
    [`CloudFront's ${QUOTA.edgeGigabits} Gbit/s per distribution`, gigabits / (distributions * QUOTA.edgeGigabits)],
    ["origin.requests_per_second", originPerSecond === undefined ? 0 : fetches / (originPerSecond * USED_SHARE)],
  ];
}

/** Cost of a unit of work on one core, as the benchmarks measured it on one machine, rounded. A test compares it with the last measurement. */
export const UNITS = {
  /** CPU of the agent for one request for a small object. */
  agentCpuMicros: 130,
  /** Rate of large objects. */
  largeMBPerSecond: 1_650,
};
type Units = Readonly<typeof UNITS>;

/**
 * Quotas that a new account has, or that AWS does not raise.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const QUOTA = {
  /** DynamoDB on demand, a table: write units a second; adjustable. */
  tableWrites: 40_000,
  /** Gbit/s per distribution; adjustable. */
  edgeGigabits: 150,
};

/** What a new on-demand table takes from its first second on, and how often its peak may double. */
export const NEW_TABLE = { writes: 4_000, doublesAfterSeconds: 1_800 };

/**
 * Gbit/s of an instance through an internet gateway. That is where an edge's addresses are reached, and AWS bounds it to 5
 * for every type with fewer than 32 vCPUs, whatever else the type can do.
 */
export const LINK_GIGABITS = 5;

/** A minute to boot, install and start. */
export const BOOT_SECONDS = 60;

/** How long a new table needs for so many writes: what it takes doubles every half hour, up to its quota. */
export function secondsToWrite(writes: number): number {
  let left = writes;
  let rate = NEW_TABLE.writes;
  let seconds = 0;
  while (rate < QUOTA.tableWrites && left > rate * NEW_TABLE.doublesAfterSeconds) {
    left -= rate * NEW_TABLE.doublesAfterSeconds;
    seconds += NEW_TABLE.doublesAfterSeconds;
    rate = Math.min(QUOTA.tableWrites, 2 * rate);
  }
  return seconds + left / rate;
}
