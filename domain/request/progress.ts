import * as z from "zod";
import { grouped } from "../collections.ts";
import { MAX_DEFERRAL_SECONDS } from "../limits.ts";
import { type Count, NO_COUNT } from "../result/count.ts";
import { failureReasons } from "../result/failure.ts";
import { failureExampleSchema, MAX_EXAMPLES } from "../result/failure-groups.ts";

/** Tasks whose last attempt failed for one reason, and that are in the queue until their next one. */
const retryingSchema = z.object({
  code: z.enum(failureReasons),
  tasks: z.number().int().positive(),
  /** When the last of them is attempted again, in milliseconds since the epoch. */
  until: z.number().positive(),
  /** One of them. */
  example: failureExampleSchema,
});
export type Retrying = z.infer<typeof retryingSchema>;

/** What one process of an agent holds of one request, and how fast that goes. It writes one every few seconds. */
export const heartbeatSchema = z.object({
  /** The instance. */
  instance: z.string(),
  /** The process of it; with the instance, the same for the process's whole life. */
  worker: z.string(),
  /** When it was written, in milliseconds since the epoch, by the writer's clock. */
  at: z.number(),
  /** Tasks that it holds and that have no result: under way, or waiting in it. */
  tasks: z.number().int().nonnegative(),
  /** Bytes so far of its downloads that have no result. */
  bytes: z.number().nonnegative(),
  /** Bytes of all good results that it has written of the request, at the same moment as `bytes`. Absent: Get Size wrote it. */
  finished: z.number().nonnegative().optional(),
  /** Bytes of this request that it downloaded in a second, since the heartbeat before. */
  bytes_per_second: z.number().nonnegative(),
  /** Tasks of this request that it finished in a second, since the heartbeat before. */
  tasks_per_second: z.number().nonnegative(),
  /** Tasks that this process has returned to the queue until their next attempt. Absent: none. */
  retrying: z.array(retryingSchema).max(failureReasons.length).optional().catch(undefined),
});

export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** What tells processes apart: the sort key of their heartbeats. */
export function processOf({ instance, worker }: Pick<Heartbeat, "instance" | "worker">): string {
  return `${instance}#${worker}`;
}

/** What is known of a request that is under way. */
export interface Progress {
  /** What results say, as far as they are counted. */
  readonly count: Count;
  /** When the newest of the counted results was written, in milliseconds since the epoch; undefined: there is none. */
  readonly lastResultAt: number | undefined;
  /** The last heartbeat of every process that worked on it, fresh or not. */
  readonly heartbeats: readonly Heartbeat[];
  /** A few of the results that came uncompressed: URLs, with the variant. Absent: none did. */
  readonly uncompressed?: readonly string[] | undefined;
}

export const NO_PROGRESS: Progress = { count: NO_COUNT, lastResultAt: undefined, heartbeats: [] };

/**
 * Those heartbeats of processes that are alive and hold tasks of the request. A heartbeat from the future is not believed: it would
 * stay fresh, and whoever wrote it seem alive.
 * @param now milliseconds since the epoch
 */
export function atWork(
  heartbeats: readonly Heartbeat[],
  now: number,
  { heartbeatTimeoutMs }: { readonly heartbeatTimeoutMs: number },
): Heartbeat[] {
  return heartbeats.filter(({ at, tasks }) => tasks > 0 && Math.abs(now - at) <= heartbeatTimeoutMs);
}

/**
 * The tasks that wait for their next attempt, by the reason of the last one; those that wait longest first. Heartbeats say it, also of
 * processes that hold no tasks any more. A time that is too far away is not believed.
 * @param now milliseconds since the epoch
 */
export function retryingOf(heartbeats: readonly Heartbeat[], now: number) {
  const all = heartbeats.flatMap(({ retrying = [] }) => retrying);
  const waiting = all.filter(({ until }) => until > now && until <= now + 2_000 * MAX_DEFERRAL_SECONDS);
  return byReason(waiting).toSorted((a, b) => b.until - a.until);
}

/** Tasks that wait for their next attempt, by the reason of the last one, with some examples. */
export function byReason(all: readonly Retrying[]) {
  return [...grouped(all, ({ code }) => code)].map(([code, its]) => ({
    code,
    tasks: its.reduce((sum, { tasks }) => sum + tasks, 0),
    until: its.reduce((last, { until }) => Math.max(last, until), 0),
    examples: its.slice(0, MAX_EXAMPLES).map(({ example }) => example),
  }));
}

/** Called with the request that failed, and why. */
export type OnFailure = (reqId: string, error: unknown) => void;

/** Runs a step for each request, one after the other. One that fails is passed to `onFailure` and does not stop the others. */
export async function eachRequest<T extends { readonly req_id: string }>(
  requests: Iterable<T>,
  onFailure: OnFailure,
  step: (request: T) => Promise<unknown>,
): Promise<void> {
  for (const request of requests) {
    try {
      await step(request);
    } catch (error) {
      onFailure(request.req_id, error);
    }
  }
}

/** The attributes of a request's item that its percentage depends on. */
interface PercentageInput {
  readonly total_count: number;
  readonly total_size: number;
  /** Whether the size of every URL is known. */
  readonly sizes_known: boolean;
  readonly download_count: number;
  readonly download_size: number;
  readonly failed_count?: number | undefined;
}

/** What {@link percentage} counts. */
export function percentageOf({ sizes_known, total_size }: PercentageInput): "bytes" | "tasks" {
  return sizes_known && total_size > 0 ? "bytes" : "tasks";
}

interface CountState {
  readonly active?: string | undefined;
  readonly verdict?: string | undefined;
}

/**
 * Whole per cent of the bytes; of the tasks where bytes cannot tell. Never above 100, and 100 only when all is there: if all tasks
 * succeeded, it is, also if CloudFront sent fewer bytes because it compressed them.
 */
export function percentage(item: PercentageInput): number {
  const byBytes = percentageOf(item) === "bytes";
  const [done, total] = byBytes ? [item.download_size, item.total_size] : [item.download_count, item.total_count];
  if (total === 0) return 0;
  if (item.failed_count === 0 && item.total_count > 0 && item.download_count >= item.total_count) return 100;
  const most = item.download_count < item.total_count ? 99 : 100;
  // Multiplied first: 29 / 100 * 100 is a little less than 29.
  return Math.max(0, Math.min(most, Math.floor((done * 100) / total)));
}

/**
 * The percentage that the API reports of a request: never below one that it has reported. Bytes are lost when an agent dies, or when a
 * download fails or begins anew; counters may count a task twice, so 100 is reported only once they are exact.
 */
export function reportedPercentage(
  item: PercentageInput & CountState & { readonly max_reported_percentage?: number | undefined },
): number {
  const most = hasFinalCounts(item) ? 100 : 99;
  return Math.max(item.max_reported_percentage ?? 0, Math.min(most, percentage(item)));
}

/** Whether the item of a request has its exact counts: they come with the verdict, at its end or soon after. */
export function hasFinalCounts({ active, verdict }: CountState): boolean {
  return active === undefined && verdict !== undefined;
}
