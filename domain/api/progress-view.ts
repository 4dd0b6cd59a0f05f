import { factsOf, type ProgressBody, sentence } from "../readiness/sentence.ts";
import type { Patience } from "../request/lifecycle.ts";
import { atWork, isCounted, type Progress, reportedPercentage } from "../request/progress.ts";
import type { ListedRequest, RequestItem } from "../request/request-item.ts";
import { sourceState } from "../request/source.ts";
import { type Count, NO_COUNT } from "../result/count.ts";
import { DEFAULT_VERIFY } from "../result/outcome.ts";
import { formatTimestamp } from "../timestamps.ts";
import type { RequestTold } from "./progress-answer.ts";
import { warningsOf } from "./warnings.ts";

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
  const live = isCounted(item) ? { ...NO_COUNT, ...item } : progress.count;
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

/** A number, kept between two others. */
export function within(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** What is seen of tasks, beside whether they are good. */
type SeenCount = Omit<Count, "download_count" | "download_size" | "failed_count">;

/**
 * How many tasks came to each outcome, and to what else is seen of them. Counters may count some twice for a while: what was
 * seen at the edge are good results, and what is not kept are bad ones.
 */
export function outcomesWithin(counted: SeenCount, done: number, failed: number): SeenCount {
  const { warm_count, hit_count, not_kept_count, uncompressed_count, rec_miss_count, size_changed_count } = counted;
  const warm = within(0, warm_count, done - failed);
  const hit = within(0, hit_count, done - failed - warm);
  return {
    warm_count: warm,
    hit_count: hit,
    not_kept_count: within(0, not_kept_count, failed),
    uncompressed_count: within(0, uncompressed_count, done - failed),
    rec_miss_count: within(0, rec_miss_count, done),
    no_age_count: within(0, counted.no_age_count, hit),
    age_constant_count: within(0, counted.age_constant_count, hit),
    origin_age_count: within(0, counted.origin_age_count, hit),
    size_changed_count: within(0, size_changed_count, done - failed),
  };
}

type Asked = Pick<RequestItem, "url_count" | "url_prefix" | "pops" | "verify" | "order" | "origin" | "variants">;

/** What a request was asked for, as GET /prewarm tells it. Headers are left out: there may be secrets in them. */
export function askedFor({ url_count, url_prefix, pops, verify, order, origin, variants = [] }: Asked) {
  return {
    url_count,
    url_prefix: url_prefix ?? "",
    pop_count: pops.length,
    verify: verify ?? DEFAULT_VERIFY,
    order: order ?? "all-at-once",
    ...(origin === undefined ? {} : { origin }),
    ...(variants.length === 0 ? {} : { variant_names: variants.map(({ name }) => name) }),
  };
}

/** What each of a request's sources has given, as answers say it; nothing where it has none. */
export function sourcesOf({
  sources_read: sources,
  status,
}: Pick<RequestItem, "status"> & Partial<Pick<RequestItem, "sources_read">>) {
  if (sources === undefined) return {};
  return {
    sources: sources.map(({ type, from, documents, urls, left_out, done }) => {
      const state = sourceState({ documents, done }, status);
      return { type, from, state, documents, urls, left_out };
    }),
  };
}

/** Where a request stands, in an English sentence. @param body what GET /prewarm says of it */
export function sentenceOf(
  { instance_count, timeout_at, readiness, reason, report }: RequestItem,
  body: Omit<ProgressBody, "instance_count" | "timeout_at" | "readiness" | "reason">,
): string {
  const facts = factsOf({ ...body, instance_count, timeout_at, readiness, reason });
  return sentence({ ...facts, counted: report !== undefined });
}
