import { USED_SHARE } from "../origin/reservations.ts";
import { MAX_PATHS_IN_PROGRESS } from "../request/invalidation.ts";
import { MIN_GROWTH_MS } from "../result/proof.ts";
import { type PopTraffic, totalOf } from "./edge-traffic.ts";
import type { InstanceKind } from "./prices.ts";

/** Amount of work of a request, as far as both its bill and its time depend on it. */
export interface Load {
  readonly traffic: readonly PopTraffic[];
  /** URLs times variants. */
  readonly urlVariants: number;
  readonly instances: number;
  readonly kind: InstanceKind;
  /** Paths that are invalidated. */
  readonly paths: number;
}

/** What decides how long a request takes. */
export interface Work extends Load {
  readonly distributions: number;
  /** Whether instances are raised when tasks are about to be queued: where an invalidation or sources come first. */
  readonly isRaisedLate: boolean;
  /** Requests that reach the origin while tasks are done. */
  readonly fetches: number;
  /** The request's limit. */
  readonly originPerSecond: number | undefined;
  /** Requests of a task, each of which but the first waits until the answer before it has aged by a second. */
  readonly requestsPerTask: number;
  /** Whether some tasks begin when their lead has ended. */
  readonly hasFollowers: boolean;
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

/** From POST to the first message and from the last result to the end: streams, look-ups, the recount. */
const PIPELINE_OVERHEAD_SECONDS = 15;
/** Concurrent size probes, and seconds of each. */
const SIZE_PROBES = { concurrency: 64, secondsEach: 0.05 };
/** An invalidation takes about so long, and a distribution has a bounded number of paths in progress. */
const INVALIDATION_SECONDS = 60;

/** How long it takes if every POP and the origin answer as fast as they are asked. */
export function workTime(work: Work, units: Units): WorkTime {
  const {
    urlVariants,
    instances,
    paths,
    distributions,
    isRaisedLate,
    originPerSecond = Number.POSITIVE_INFINITY,
  } = work;
  if (instances === 0)
    return { seconds: null, instanceSeconds: 0, binds: "the lack of instances: instance_count is 0" };
  const sizes =
    urlVariants /
    Math.min(SIZE_PROBES.concurrency / SIZE_PROBES.secondsEach, units.getSizeUrlsPerSecond, originPerSecond);
  const waves = Math.ceil(paths / Math.max(1, distributions) / MAX_PATHS_IN_PROGRESS);
  const invalidating = waves * INVALIDATION_SECONDS;
  const bounds = boundsOf(work, units);
  const waits = (work.requestsPerTask - 1) * (work.hasFollowers ? 2 : 1);
  const busy = Math.max(...bounds.map(([, seconds]) => seconds)) + (waits * MIN_GROWTH_MS) / 1_000;
  // They boot while sizes are asked for, unless they are raised late.
  const ahead = isRaisedLate ? sizes + invalidating + BOOT_SECONDS : Math.max(sizes, BOOT_SECONDS);
  const [binds] = slowest([
    ...bounds,
    ["the start of instances", BOOT_SECONDS],
    ["the size probes, which come first", sizes],
    ["the invalidation, which comes first", invalidating],
  ]);
  return {
    seconds: PIPELINE_OVERHEAD_SECONDS + ahead + busy,
    instanceSeconds: instances * (PIPELINE_OVERHEAD_SECONDS + busy + (isRaisedLate ? BOOT_SECONDS : ahead)),
    binds,
  };
}

type Bound = readonly [name: string, seconds: number];

function slowest(bounds: readonly Bound[]): Bound {
  return bounds.reduce((a, b) => (b[1] > a[1] ? b : a));
}

function boundsOf(work: Work, units: Units): readonly Bound[] {
  const { traffic, instances, kind, fetches, originPerSecond } = work;
  const bytes = totalOf(traffic, "bytes");
  const requests = totalOf(traffic, "requests");
  const small = (requests * units.agentCpuMicros) / 1e6;
  const large = bytes / (units.largeMBPerSecond * 1e6);
  const bits = bytes * 8;
  const edges = Math.max(1, work.distributions);
  return [
    [`CPU of ${instances} ${kind.type}`, Math.max(small, large) / (instances * kind.vcpus)],
    [`the links of ${instances} instances, ${LINK_GIGABITS} Gbit/s each`, bits / (instances * LINK_GIGABITS * 1e9)],
    ["the write capacity of new tables", secondsToWrite(totalOf(traffic, "tasks"))],
    [`CloudFront's ${QUOTA.edgeGigabits} Gbit/s per distribution`, bits / (edges * QUOTA.edgeGigabits * 1e9)],
    [
      `CloudFront's ${QUOTA.edgeRequests} requests per second and distribution`,
      requests / (edges * QUOTA.edgeRequests),
    ],
    ["origin.requests_per_second", originPerSecond === undefined ? 0 : fetches / (originPerSecond * USED_SHARE)],
  ];
}

/** What one unit of work costs, as the benchmarks measured it on one machine, rounded. A test says when it is no longer near what was measured last. */
export const UNITS = {
  /** CPU of the agent for one request for a small object. */
  agentCpuMicros: 130,
  fanOutTasksPerSecond: 96_000,
  aggregationCpuMicros: 13,
  getSizeUrlsPerSecond: 10_000,
  /** Of one core, of large objects. */
  largeMBPerSecond: 1_650,
};
export type Units = Readonly<typeof UNITS>;

/**
 * Quotas that a new account has, or that AWS does not raise.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const QUOTA = {
  /** DynamoDB on demand, a table: write units a second; adjustable. */
  tableWrites: 40_000,
  /** CloudFront requests per second and distribution; adjustable. */
  edgeRequests: 250_000,
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
