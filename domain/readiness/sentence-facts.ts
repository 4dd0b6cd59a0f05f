import type { Status } from "../request/status.ts";
import { parseTimestamp } from "../request/timestamps.ts";
import type { Readiness, Verdict } from "./verdict.ts";

/** What a sentence on a request rests on. Times are milliseconds since the epoch. */
export interface SentenceFacts {
  readonly status: Status;
  readonly total: number;
  /** Tasks that have a result, and those of them that failed, are warm, or are hits. The others are downloaded. */
  readonly results: number;
  readonly failed: number;
  readonly warm: number;
  readonly hit: number;
  /** Whole per cent. */
  readonly percentage: number;
  /** Instances that it wishes for: 0 pauses it. */
  readonly instancesWanted: number;
  readonly instancesAtWork: number;
  /** Tasks that agents hold. */
  readonly inProgress: number;
  readonly bytesPerSecond: number;
  readonly now: number;
  readonly lastMoveAt: number;
  readonly timeoutAt: number;
  /** When all tasks will have a result at the rate of now; null: nobody knows. */
  readonly finishAt: number | null;
  readonly verdict?: Verdict | undefined;
  readonly readiness?: Readiness | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Whether its counts are final. It matters once it has ended. */
  readonly counted: boolean;
}

/** What GET /prewarm says of a request, as far as the sentence needs it. */
export interface ProgressBody {
  readonly status: Status;
  readonly total_count: number;
  readonly download_count: number;
  readonly failed_count: number;
  readonly warm_count: number;
  readonly hit_count: number;
  readonly percentage_complete: number;
  readonly instance_count: number;
  readonly instances_at_work: number;
  readonly in_progress_task_count: number;
  readonly bytes_per_second: number;
  readonly estimated_finish_at: string | null;
  readonly timestamp: string;
  readonly last_update_time: string;
  readonly timeout_at: string;
  readonly verdict?: Verdict | undefined;
  readonly readiness?: Readiness | undefined;
  readonly reason?: string | undefined;
}

/** A request that ended this long ago has its counts; without a verdict, a release before ended it. */
const COUNTED_MS = 3_600_000;

/** The facts of an answer of GET /prewarm. */
export function factsOf(body: ProgressBody): SentenceFacts {
  const at = (text: string) => parseTimestamp(text).getTime();
  const [now, lastMoveAt] = [at(body.timestamp), at(body.last_update_time)];
  return {
    status: body.status,
    total: body.total_count,
    results: body.download_count,
    failed: body.failed_count,
    warm: body.warm_count,
    hit: body.hit_count,
    percentage: body.percentage_complete,
    instancesWanted: body.instance_count,
    instancesAtWork: body.instances_at_work,
    inProgress: body.in_progress_task_count,
    bytesPerSecond: body.bytes_per_second,
    now,
    lastMoveAt,
    timeoutAt: at(body.timeout_at),
    finishAt: body.estimated_finish_at === null ? null : at(body.estimated_finish_at),
    verdict: body.verdict,
    readiness: body.readiness,
    reason: body.reason,
    counted: body.verdict !== undefined || body.status === "FINISHED" || now - lastMoveAt > COUNTED_MS,
  };
}
