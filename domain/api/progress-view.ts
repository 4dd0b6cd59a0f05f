import { factsOf, sentence } from "../readiness/sentence.ts";
import { atWork, isCounted, type Progress, reportedPercentage } from "../request/progress.ts";
import type { ListedRequest, RequestItem } from "../request/request-item.ts";
import { sourceState } from "../request/source.ts";
import { type Count, NO_COUNT } from "../result/count.ts";
import { formatTimestamp } from "../timestamps.ts";
import type { RequestTold } from "./progress-answer.ts";
import { warningsOf } from "./warnings.ts";

/** A request, from the list or whole. The index of the list lacks its sources and what only some of the warnings need. */
type DescribedRequest = ListedRequest & Partial<RequestItem>;

/** How a request is looked at. */
export interface View {
  readonly now: Date;
  /** An agent that has not been heard of for so long is dead. */
  readonly heartbeatTimeoutMs: number;
  /** Counters by POP, where the warnings name POPs. */
  readonly popCounts?: ReadonlyMap<string, Count> | undefined;
}

/** Body of GET /prewarm without its details. Headers are not told: there may be secrets in them. */
export function describeRequest(item: RequestItem, progress: Progress, view: View) {
  const described = describeProgress(item, progress, view);
  const { variants = [] } = item;
  return {
    ...described,
    instance_count: item.instance_count,
    timeout_at: item.timeout_at,
    url_count: item.url_count,
    url_prefix: item.url_prefix ?? "",
    pop_count: item.pops.length,
    verify: item.verify,
    order: item.order,
    origin: item.origin,
    variant_names: variants.length === 0 ? undefined : variants.map(({ name }) => name),
    reason: item.reason,
    readiness: item.readiness,
    retry_of: item.retry_of,
    retried_by: item.retried_by,
    sentence: sentenceOf(item, described),
  };
}

/** Where a request stands, in an English sentence. */
export function sentenceOf({ instance_count, timeout_at, readiness, reason, report }: RequestItem, told: RequestTold) {
  const facts = factsOf({ ...told, instance_count, timeout_at, readiness, reason });
  return sentence({ ...facts, counted: report !== undefined });
}

/**
 * What GET /prewarm and GET /requests tell of a request.
 * @param progress of one that has ended and was recounted, only the examples matter: its item has the exact counts
 */
export function describeProgress(item: DescribedRequest, progress: Progress, view: View): RequestTold {
  const now = view.now.getTime();
  const count = countOf(item, progress);
  const live = liveOf(item, progress, view);
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
    ...countersOf(count),
    total_count: item.total_count,
    bytes_per_second: live.bytesPerSecond,
    instances_at_work: live.instances,
    estimated_finish_at: estimatedFinish(item, count, { live, inProgressSize, now }),
    created_at: item.created_at,
    last_update_time: lastUpdate(item, progress, now),
    timestamp: formatTimestamp(view.now),
    status: item.status,
    sources: sourcesOf(item),
    verdict: item.verdict,
    warnings: warningsOf(item, count, now, { uncompressed: progress.uncompressed, popCounts: view.popCounts }),
  };
}

/** What each of a request's sources has given; undefined: it has none. */
export function sourcesOf({ sources_read: sources, status }: DescribedRequest): RequestTold["sources"] {
  return sources?.map(({ type, from, documents, urls, left_out, done }) => {
    const state = sourceState({ documents, done }, status);
    return { type, from, state, documents, urls, left_out };
  });
}

/** The counters that answers tell of a request, of a POP, and of a moment. */
export function countersOf({ download_count, failed_count, warm_count, hit_count, not_kept_count }: Count) {
  return { download_count, failed_count, warm_count, hit_count, not_kept_count };
}

/** What has a result. */
export function countOf(item: DescribedRequest, progress: Progress): Count {
  const counted = isCounted(item) ? { ...NO_COUNT, ...item } : progress.count;
  return boundedCount(counted, item.total_count);
}

/**
 * A count that agrees with itself and with the total of tasks. Counters may count some tasks twice for a while. What was seen at the
 * edge are good results, and what is not kept are bad ones.
 */
export function boundedCount(counted: Count, total: number): Count {
  const done = clamp(counted.download_count, total);
  const failed = clamp(counted.failed_count, done);
  const good = done - failed;
  const warm = clamp(counted.warm_count, good);
  const hit = clamp(counted.hit_count, good - warm);
  return {
    download_count: done,
    download_size: Math.max(0, counted.download_size),
    failed_count: failed,
    warm_count: warm,
    hit_count: hit,
    not_kept_count: clamp(counted.not_kept_count, failed),
    uncompressed_count: clamp(counted.uncompressed_count, good),
    rec_miss_count: clamp(counted.rec_miss_count, done),
    no_age_count: clamp(counted.no_age_count, hit),
    age_constant_count: clamp(counted.age_constant_count, hit),
    origin_age_count: clamp(counted.origin_age_count, hit),
    size_changed_count: clamp(counted.size_changed_count, good),
  };
}

/** A number from 0 to `max`. */
function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}

/** What the fresh heartbeats add up to. Nothing for a request that has ended: agents drop what they hold of it. */
function liveOf(item: DescribedRequest, { beats }: Progress, view: View) {
  const fresh = item.active === undefined ? [] : atWork(beats, view.now.getTime(), view);
  const sum = (field: "tasks" | "bytes" | "bytes_per_second" | "tasks_per_second") =>
    fresh.reduce((total, beat) => total + beat[field], 0);
  const finished = beats.flatMap((beat) => beat.finished ?? []);
  return {
    /** Tasks that agents hold. */
    held: sum("tasks"),
    /** Bytes so far of downloads that have no result. */
    bytes: whole(sum("bytes")),
    /** Bytes of the good results of all processes, as of their last heartbeats; undefined: none of them has said. */
    finished: finished.length === 0 ? undefined : finished.reduce((total, bytes) => total + bytes),
    bytesPerSecond: whole(sum("bytes_per_second")),
    tasksPerSecond: sum("tasks_per_second"),
    instances: new Set(fresh.map(({ instance }) => instance)).size,
  };
}

type Live = ReturnType<typeof liveOf>;

/** An agent may write any number; an answer has whole ones. */
function whole(value: number): number {
  return Math.round(Math.min(value, Number.MAX_SAFE_INTEGER));
}

/**
 * A result is counted before or after the next heartbeat of its agent, so its bytes would be told twice or not at all. What the
 * agents had finished and had under way, as of their heartbeats, has no byte twice, and neither has what is counted: what is told in
 * all is the larger of both.
 */
function sizeInProgress(
  { sizes_known, total_size }: ListedRequest,
  { download_size }: Count,
  { bytes, finished = download_size }: Live,
): number {
  const size = whole(Math.max(0, finished + bytes - download_size));
  return sizes_known ? clamp(size, total_size - download_size) : size;
}

/** An estimate that is further away says nothing: a rate that is nearly zero. */
const FURTHEST_MS = 365 * 86_400_000;

/**
 * When all tasks will have a result at the rate of now: by bytes where the sizes are known, else by tasks. Failed tasks ask for no
 * bytes any more; which size they had is not known here, so the mean is taken.
 * @param at `inProgressSize`: bytes of downloads that have no result, as they are told; `now`: milliseconds since the epoch
 * @returns null where nobody is at work, or too slowly to tell
 */
function estimatedFinish(
  { total_count, total_size, sizes_known }: ListedRequest,
  { download_count, download_size, failed_count }: Count,
  { live, inProgressSize, now }: { readonly live: Live; readonly inProgressSize: number; readonly now: number },
): string | null {
  const failed = total_count === 0 ? 0 : (total_size * failed_count) / total_count;
  const [rest, perSecond] =
    sizes_known && total_size > 0
      ? [total_size - failed - download_size - inProgressSize, live.bytesPerSecond]
      : [total_count - download_count, live.tasksPerSecond];
  const ms = (Math.max(0, rest) / perSecond) * 1_000;
  if (live.held === 0 || !(ms <= FURTHEST_MS)) return null;
  return formatTimestamp(new Date(now + ms));
}

/** A step of the request, or a result: whatever came last. Clocks differ, so a result is not from later than now. */
function lastUpdate(item: ListedRequest, { movedAt }: Progress, now: number): string {
  if (item.active === undefined || movedAt === undefined) return item.last_update_time;
  const moved = formatTimestamp(new Date(Math.min(movedAt, now)));
  return [moved, item.last_update_time].sort().at(-1) ?? moved;
}
