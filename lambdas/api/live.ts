import type { Patience } from "../../domain/request/patience.ts";
import { atWork, type Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/request/timestamps.ts";
import type { Count } from "../../domain/result/count.ts";

/** An estimate that is further away says nothing: a rate that is nearly zero. */
const FURTHEST_MS = 365 * 86_400_000;

/** What agents are doing for a request now. */
export interface Live {
  /** Tasks that they hold. */
  readonly held: number;
  /** Bytes so far of downloads that have no result. */
  readonly bytes: number;
  /** Bytes of the good results of all processes, as of their last beats; undefined: agents of an older version do not say. */
  readonly finished: number | undefined;
  readonly bytesPerSecond: number;
  readonly tasksPerSecond: number;
  /** Instances that hold tasks. */
  readonly instances: number;
}

/** What the fresh beats add up to. Nothing for a request that has ended: agents drop what they hold of it. */
export function liveOf(
  item: Pick<RequestItem, "active">,
  { beats }: Pick<Progress, "beats">,
  now: number,
  patience: Pick<Patience, "staleMs">,
): Live {
  const fresh = item.active === undefined ? [] : atWork(beats, now, patience);
  const sum = (field: "tasks" | "bytes" | "bytes_per_second" | "tasks_per_second") =>
    fresh.reduce((total, beat) => total + beat[field], 0);
  return {
    held: sum("tasks"),
    bytes: whole(sum("bytes")),
    finished: beats.reduce<number | undefined>(
      (total, { finished }) => (finished === undefined ? total : (total ?? 0) + finished),
      undefined,
    ),
    bytesPerSecond: whole(sum("bytes_per_second")),
    tasksPerSecond: sum("tasks_per_second"),
    instances: new Set(fresh.map(({ instance }) => instance)).size,
  };
}

/**
 * When all tasks will have a result at the rate of now: by bytes where the sizes are known, else by tasks.
 * @param count what has a result
 * @param inProgressSize bytes of downloads that have none, as they are told
 * @returns null where nobody is at work, or too slowly to tell
 */
export function estimatedFinish(
  item: Pick<RequestItem, "total_count" | "total_size" | "sizes_known">,
  count: Count,
  live: Live,
  inProgressSize: number,
  now: number,
): string | null {
  const byBytes = item.sizes_known && item.total_size > 0;
  const [rest, perSecond] = byBytes
    ? [bytesLeft(item, count, inProgressSize), live.bytesPerSecond]
    : [item.total_count - count.download_count, live.tasksPerSecond];
  const ms = (Math.max(0, rest) / perSecond) * 1_000;
  if (live.held === 0 || !(ms <= FURTHEST_MS)) return null;
  return formatTimestamp(new Date(now + ms));
}

/** Failed tasks bring no bytes and ask for none any more. Which size they had is not known here: the mean is taken. */
function bytesLeft(
  { total_count, total_size }: Pick<RequestItem, "total_count" | "total_size">,
  { download_size, failed_count }: Count,
  inProgressSize: number,
): number {
  const failed = total_count === 0 ? 0 : (total_size * failed_count) / total_count;
  return total_size - failed - download_size - inProgressSize;
}

/** An agent may write any number; an answer has whole ones. */
export function whole(value: number): number {
  return Math.round(Math.min(value, Number.MAX_SAFE_INTEGER));
}
