import type { RequestTold } from "../../domain/api/progress-answer.ts";
import type { ListedRequest } from "../../domain/request/listed-request.ts";
import type { Patience } from "../../domain/request/patience.ts";
import { isCounted, reportedPercentage } from "../../domain/request/percentage.ts";
import { liveCount, type Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/request/timestamps.ts";
import { type Count, NO_COUNT } from "../../domain/result/count.ts";
import { estimatedFinish, type Live, liveOf, whole } from "./live.ts";
import { sourcesOf } from "./sources-of.ts";
import { warningsOf } from "./warnings.ts";
import { outcomesWithin, within } from "./within.ts";

/** A request, from the list or whole. The list has no room for its sources, nor for what only some of the warnings need. */
type DescribedRequest = ListedRequest &
  Partial<
    Pick<
      Count,
      | "size_changed_count"
      | "uncompressed_count"
      | "rec_miss_count"
      | "no_age_count"
      | "age_constant_count"
      | "origin_age_count"
    > &
      Pick<RequestItem, "sources_read" | "missing_instances">
  >;

/**
 * Body of GET /prewarm.
 * @param progress of one that has ended and was recounted, only the examples matter: its item has the exact counts
 * @param popCounts of its POPs, where its warnings name any of them
 */
export function describeProgress(
  item: DescribedRequest,
  progress: Progress,
  now: Date,
  patience: Pick<Patience, "staleMs">,
  popCounts: ReadonlyMap<string, Count> = new Map(),
): RequestTold {
  const count = countOf(item, progress);
  const live = liveOf(item, progress, now.getTime(), patience);
  const remaining = item.total_count - count.download_count;
  const inProgress = Math.min(remaining, live.held);
  const inProgressSize = sizeInProgress(item, count, live);
  return {
    request_id: item.req_id,
    download_size: count.download_size,
    in_progress_size: inProgressSize,
    total_size: item.total_size,
    percentage_complete: reportedPercentage({ ...item, ...count, download_size: count.download_size + inProgressSize }),
    available_task_count: remaining - inProgress,
    in_progress_task_count: inProgress,
    download_count: count.download_count,
    failed_count: count.failed_count,
    warm_count: count.warm_count,
    hit_count: count.hit_count,
    not_kept_count: count.not_kept_count,
    total_count: item.total_count,
    bytes_per_second: live.bytesPerSecond,
    instances_at_work: live.instances,
    estimated_finish_at: estimatedFinish(item, count, live, inProgressSize, now.getTime()),
    created_at: item.created_at,
    last_update_time: lastUpdate(item, progress, now),
    timestamp: formatTimestamp(now),
    status: item.status,
    ...sourcesOf(item),
    ...(item.verdict === undefined ? {} : { verdict: item.verdict }),
    warnings: warningsOf(item, count, now.getTime(), { uncompressed: progress.uncompressed, popCounts }),
  };
}

/** What has a result, as GET /prewarm tells it. */
export function countOf(item: DescribedRequest, progress: Progress): Count {
  const live = isCounted(item) ? { ...NO_COUNT, ...item } : liveCount(item, progress.count);
  return boundedCount(live, item.total_count);
}

/** Counters may count some twice for a while, so they are kept within the total of tasks. */
export function boundedCount(counted: Count, total: number): Count {
  const done = within(0, counted.download_count, total);
  const failed = within(0, counted.failed_count, done);
  return {
    download_count: done,
    download_size: Math.max(0, counted.download_size),
    failed_count: failed,
    ...outcomesWithin(counted, done, failed),
  };
}

/**
 * A result is counted before the next beat of its agent says so, or after it, and its bytes would be told twice or not at all. What the
 * agents had finished and had under way, as of their beats, has no byte twice, and neither has what is counted: what is told in all is
 * the larger of both.
 */
function sizeInProgress({ sizes_known, total_size }: ListedRequest, { download_size }: Count, live: Live): number {
  const { bytes: underWay, finished = download_size } = live;
  const bytes = whole(Math.max(0, finished + underWay - download_size));
  return sizes_known ? within(0, bytes, total_size - download_size) : bytes;
}

/** A step of the request, or a result: whatever came last. Clocks differ, so a result is not from later than now. */
function lastUpdate(item: ListedRequest, { movedAt }: Progress, now: Date): string {
  if (item.active === undefined || movedAt === undefined) return item.last_update_time;
  const moved = formatTimestamp(new Date(Math.min(movedAt, now.getTime())));
  return [item.last_update_time, moved].sort().at(-1) ?? moved;
}
