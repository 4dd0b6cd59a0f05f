import { MAX_PATHS_IN_PROGRESS } from "../request/invalidation.ts";
import type { InstanceKind } from "./prices.ts";

/** What a request has to do. */
export interface Work {
  readonly tasks: number;
  /** Of all answers: downloads, and the checks after them. */
  readonly bytes: number;
  /** Requests of a task: its download, and how often it is looked at again. */
  readonly requestsPerTask: number;
  readonly instances: number;
  readonly kind: InstanceKind;
  /** Questions for sizes. */
  readonly forms: number;
  readonly distributions: number;
  /** Paths that are invalidated before. */
  readonly paths: number;
  /** Whether instances are raised when tasks are about to be queued: where an invalidation or sources come first. */
  readonly isRaisedLate: boolean;
  /** What reaches the origin while tasks are done. */
  readonly fetches: number;
  /** The request's limit. */
  readonly originPerSecond: number | undefined;
}

/** How long a request takes. */
export interface WorkTime {
  /** Null: it does not end, because it has no instance. */
  readonly seconds: number | null;
  /** For which every instance is paid. */
  readonly instanceSeconds: number;
  /** What it waits for most. */
  readonly binds: string;
}

/** From POST to the first message and from the last result to the end: streams, look-ups, the recount. */
const STEPS_SECONDS = 15;
/** Sizes are asked for by so many at once, each of which takes about so long. */
const SIZES = { atOnce: 64, seconds: 0.05 };
/** An invalidation takes about so long, and a distribution has a bounded number of paths in progress. */
const INVALIDATION_SECONDS = 60;
/** Agents use so much of a limit of the origin. */
const ORIGIN_SHARE = 0.9;

/** How long it takes if every POP and the origin answer as fast as they are asked. */
export function workTime(work: Work, units: Units): WorkTime {
  const { instances, paths, isRaisedLate } = work;
  if (instances === 0) return { seconds: null, instanceSeconds: 0, binds: "no instance: instance_count is 0" };
  const [binds, busy] = slowest(bounds(work, units));
  const sizes = sizeSeconds(work, units);
  const waves = Math.ceil(paths / Math.max(1, work.distributions) / MAX_PATHS_IN_PROGRESS);
  const invalidating = waves * INVALIDATION_SECONDS;
  // They boot while sizes are asked for, unless they are raised late.
  const ahead = isRaisedLate ? sizes + invalidating + BOOT_SECONDS : Math.max(sizes, BOOT_SECONDS);
  const seconds = STEPS_SECONDS + ahead + busy;
  const running = STEPS_SECONDS + busy + (isRaisedLate ? BOOT_SECONDS : ahead);
  const isBusy = busy >= ahead;
  return {
    seconds,
    instanceSeconds: instances * running,
    binds: isBusy ? binds : ahead > BOOT_SECONDS ? beforehand(sizes, invalidating) : "instances have to boot",
  };
}

type Bound = readonly [name: string, seconds: number];

function bounds(work: Work, units: Units): readonly Bound[] {
  const { tasks, bytes, instances, kind, distributions, fetches, originPerSecond, requestsPerTask } = work;
  const small = (tasks * requestsPerTask * units.agentCpuMicros) / 1e6;
  const large = bytes / (units.largeMBPerSecond * 1e6);
  const bits = bytes * 8;
  const edges = Math.max(1, distributions);
  return [
    [`CPU of ${instances} ${kind.type}`, Math.max(small, large) / (instances * kind.vcpus)],
    [`the links of ${instances} instances, ${LINK_GIGABITS} Gbit/s each`, bits / (instances * LINK_GIGABITS * 1e9)],
    ["writes of results, on tables that are new", secondsToWrite(tasks)],
    [`CloudFront's ${QUOTA.edgeGigabits} Gbit/s a distribution`, bits / (edges * QUOTA.edgeGigabits * 1e9)],
    [
      `CloudFront's ${QUOTA.edgeRequests} requests a second a distribution`,
      (tasks * requestsPerTask) / (edges * QUOTA.edgeRequests),
    ],
    ["origin.requests_per_second", originPerSecond === undefined ? 0 : fetches / (originPerSecond * ORIGIN_SHARE)],
  ];
}

function sizeSeconds({ forms, originPerSecond = Number.POSITIVE_INFINITY }: Work, units: Units): number {
  return forms / Math.min(SIZES.atOnce / SIZES.seconds, units.getSizeUrlsPerSecond, originPerSecond);
}

function beforehand(sizes: number, invalidating: number): string {
  return sizes > invalidating ? "sizes are asked for first" : "the invalidation comes first";
}

function slowest(of: readonly Bound[]): Bound {
  return of.reduce((a, b) => (b[1] > a[1] ? b : a));
}

/** What one unit of work costs. */
export interface Units {
  /** CPU of the agent for a small task that is asked for once. */
  readonly agentCpuMicros: number;
  readonly fanOutTasksPerSecond: number;
  readonly aggregationCpuMicros: number;
  readonly getSizeUrlsPerSecond: number;
  /** Of one core, of large objects. */
  readonly largeMBPerSecond: number;
}

/** As the benchmarks measured them on one machine, rounded. A test says when they are no longer near what was measured last. */
export const UNITS: Units = {
  agentCpuMicros: 130,
  fanOutTasksPerSecond: 96_000,
  aggregationCpuMicros: 13,
  getSizeUrlsPerSecond: 10_000,
  largeMBPerSecond: 1_650,
};

/** Quotas that a new account has, or that AWS does not raise. */
export const QUOTA = {
  /** DynamoDB on demand, a table: write units a second; adjustable. */
  tableWrites: 40_000,
  /** Messages in flight of a standard queue. */
  inFlight: 120_000,
  /** Spot vCPUs of standard families a region that a new account often starts with; adjustable. */
  spotVcpus: 640,
  /** CloudFront requests a second a distribution; adjustable. */
  edgeRequests: 250_000,
  /** Gbit/s a distribution; adjustable. */
  edgeGigabits: 150,
  /** For how long a message may be in flight. */
  inFlightHours: 12,
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
