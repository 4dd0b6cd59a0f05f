import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { SampleRow } from "../../domain/api/sample-answer.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type Sample, samplesOf } from "../../domain/request/samples.ts";
import { formatTimestamp, parseTimestamp } from "../../domain/request/timestamps.ts";
import { boundedCount, countOf } from "./progress.ts";

export interface SamplesDeps {
  readonly progress: Pick<ProgressReader, "minutes" | "beats">;
  readonly patience: Pick<Patience, "beatMs">;
}

/** An agent notes a minute with its first beat after it. This many beats later, none that is alive is behind. */
const BEATS = 3;

/** How a request stood as each minute began, and how it stands now or stood when it ended. */
export async function samplesFor(
  { progress, patience }: SamplesDeps,
  item: RequestItem,
  live: Progress,
  now: Date,
): Promise<SampleRow[]> {
  const minutes = await progress.minutes(item.req_id);
  // Of one that has just ended, the last bytes are not noted yet. Its beats were not read.
  const beats = item.active === undefined ? await progress.beats(item.req_id) : live.beats;
  const span = {
    from: parseTimestamp(item.created_at).getTime(),
    to: (item.active === undefined ? parseTimestamp(item.last_update_time) : now).getTime(),
    settled: now.getTime() - BEATS * patience.beatMs,
  };
  const unnoted = beats.reduce((sum, { received = 0 }) => sum + received, 0);
  return samplesOf(minutes, span, countOf(item, live), unnoted).map((sample) => rowOf(sample, item));
}

function rowOf({ at, received, count }: Sample, item: RequestItem): SampleRow {
  const bounded = boundedCount(count, item.total_count);
  return {
    at: formatTimestamp(new Date(at)),
    received_size: Math.round(received),
    download_count: bounded.download_count,
    download_size: bounded.download_size,
    failed_count: bounded.failed_count,
    warm_count: bounded.warm_count,
    hit_count: bounded.hit_count,
    not_kept_count: bounded.not_kept_count,
  };
}
