import * as z from "zod";
import { type Count, minus, NO_COUNT, plus } from "../result/count.ts";
import type { Patience } from "./patience.ts";
import type { RequestItem } from "./request-item.ts";

/** What one process of an agent holds of one request, and how fast that goes. It writes one every few seconds. */
export const beatSchema = z.object({
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
  /** Bytes of all good results that it has written of the request, at the same moment as `bytes`. Absent in what an older version wrote. */
  finished: z.number().nonnegative().optional(),
  /** Bytes of this request that it downloaded in a second, since the beat before. */
  bytes_per_second: z.number().nonnegative(),
  /** Tasks of this request that it finished in a second, since the beat before. */
  tasks_per_second: z.number().nonnegative(),
  /** Bytes of this request that came and stand in no minute of it yet: domain/request/samples.ts. Absent: none. */
  received: z.number().nonnegative().optional(),
});

export type Beat = z.infer<typeof beatSchema>;

/** What tells processes apart: the sort key of their heartbeats. */
export function processOf({ instance, worker }: Pick<Beat, "instance" | "worker">): string {
  return `${instance}#${worker}`;
}

/** What is known of a request that is under way. */
export interface Progress {
  /** What results say, as far as they are counted. */
  readonly count: Count;
  /** When the newest of the counted results was written, in milliseconds since the epoch; undefined: there is none. */
  readonly movedAt: number | undefined;
  /** The last beat of every process that worked on it, fresh or not. */
  readonly beats: readonly Beat[];
  /** A few of the results that came uncompressed: URLs, with the variant. Absent: none did. */
  readonly uncompressed?: readonly string[];
}

export const NO_PROGRESS: Progress = { count: NO_COUNT, movedAt: undefined, beats: [] };

/** What a release before has counted on the item of an active request. It knew no outcomes. */
export type CountedBefore = Pick<Count, "download_count" | "download_size" | "failed_count">;

/**
 * Those beats of processes that are alive and hold tasks of the request. A beat from the future is not believed: it would
 * stay fresh, and whoever wrote it seem alive.
 * @param now milliseconds since the epoch
 */
export function atWork(beats: readonly Beat[], now: number, { staleMs }: Pick<Patience, "staleMs">): Beat[] {
  return beats.filter(({ at, tasks }) => tasks > 0 && Math.abs(now - at) <= staleMs);
}

/**
 * What is counted of an active request so far. Its item has counters of its own if a release before counted there.
 * @param counted the sum of the request's counters in the Progress table
 */
export function liveCount({ download_count, download_size, failed_count }: CountedBefore, counted: Count): Count {
  return plus({ ...NO_COUNT, download_count, download_size, failed_count }, counted);
}

/** By how much the counters of an active request are wrong. @param exact what a recount found */
export function correctionOf(exact: Count, live: Count): Count {
  return minus(exact, live);
}

/** Whether every task of a request has a result, as far as its counters tell. @param live {@link liveCount} */
export function isComplete(
  { total_count: total }: Pick<RequestItem, "total_count">,
  live: Pick<Count, "download_count">,
): boolean {
  return total > 0 && live.download_count >= total;
}

/** How many living processes hold tasks of other requests than this one. @param progress of every active request */
export function othersAtWork(
  progress: ReadonlyMap<string, Progress>,
  reqId: string,
  now: number,
  patience: Pick<Patience, "staleMs">,
): number {
  return [...progress]
    .filter(([id]) => id !== reqId)
    .reduce((sum, [, { beats }]) => sum + atWork(beats, now, patience).length, 0);
}
