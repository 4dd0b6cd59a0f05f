import type * as z from "zod";
import { Bitmap } from "../bitmap.ts";
import { grouped } from "../collections.ts";
import type { Target } from "../plan/target.ts";
import { recOf } from "../pops/sites.ts";
import { reasonText, statusOfAll } from "../readiness/reasons.ts";
import { footnote, sentence } from "../readiness/sentence.ts";
import type { TerminalStatus } from "../request/lifecycle.ts";
import {
  atWork,
  hasFinalCounts,
  NO_PROGRESS,
  type Progress,
  percentageOf,
  reportedPercentage,
  retryingOf,
} from "../request/progress.ts";
import type { ListedRequest, RequestItem } from "../request/request-item.ts";
import { sourceState } from "../request/source.ts";
import { type Count, NO_COUNT } from "../result/count.ts";
import { type Downloads, maxDownloads, type Scope } from "../result/downloads.ts";
import type { FailureGroup } from "../result/failure-groups.ts";
import type { PopCoverageKind } from "../result/sample.ts";
import { formatTimestamp, parseTimestamp } from "../timestamps.ts";
import type { FailureRow, PopState, RetryingRow, Sent } from "./detail-answers.ts";
import { progressSchema, type Summary, summarySchema } from "./request-answers.ts";
import { warningsOf } from "./warnings.ts";

/** A request, from the list or whole. The index of the list lacks its sources and what only some of the warnings need. */
export type DescribedRequest = ListedRequest & Partial<RequestItem>;

/** How a request is looked at. */
interface View {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** An agent whose last heartbeat is older is dead. */
  readonly heartbeatTimeoutMs: number;
}

/**
 * All that answers say of a request, under the names of their fields. The rest of the item is in it, too, and there may be secrets in
 * its headers: the schema of an answer picks what is said.
 * @param progress of one that has ended and was recounted, only the examples matter: its item has the exact counts
 */
export function describeRequest<T extends DescribedRequest>(item: T, progress: Progress, view: View) {
  const { now } = view;
  const count = countOf(item, progress);
  const live = liveOf(item, progress, view);
  const remaining = item.total_count - count.download_count;
  const inProgress = Math.min(remaining, live.held);
  const inProgressSize = sizeInProgress(item, count, live);
  const { sources_read: sources, variants = [] } = item;
  // Not by spreads: with so many fields, V8 takes ten times as long for these.
  return Object.assign({}, item, count, {
    request_id: item.req_id,
    url_prefix: item.url_prefix ?? "",
    variant_names: variants.length === 0 ? undefined : item.variant_names,
    in_progress_size: inProgressSize,
    percentage_complete: reportedPercentage({ ...item, ...count, download_size: count.download_size + inProgressSize }),
    percentage_of: percentageOf(item),
    available_task_count: remaining - inProgress,
    in_progress_task_count: inProgress,
    bytes_per_second: live.bytesPerSecond,
    instances_at_work: live.instances,
    estimated_finish_at: estimatedFinish(item, count, { live, inProgressSize, now }),
    retrying: retryingRows(item, progress, now),
    last_update_time: lastUpdate(item, progress, now),
    timestamp: formatTimestamp(now),
    sources: sources?.map((source) => ({ ...source, state: sourceState(source, item.status) })),
    warnings: warningsOf(item, count, now, progress.uncompressed),
  });
}

/** A request as {@link describeRequest} describes it. */
type Described = ReturnType<typeof describeRequest<RequestItem>>;

/** Body of GET /prewarm. @param details what `detail` asks for */
export function progressAnswer(
  described: Described,
  details: Pick<z.input<typeof progressSchema>, "pops" | "failures" | "sent">,
) {
  const pop_count = described.pops.length;
  // The item has the codes under the name under which the answer has the rows.
  return progressSchema.parse({
    ...described,
    ...details,
    pops: details.pops,
    pop_count,
    sentence: sentence(described),
  });
}

/** What has a result. */
export function countOf(item: DescribedRequest, progress: Progress): Count {
  const counted = hasFinalCounts(item) ? { ...NO_COUNT, ...item } : progress.count;
  return boundedCount(counted, item.total_count);
}

/**
 * A count that agrees with itself and with the total of tasks. Counters may count some tasks twice for a while. What was seen at the
 * edge are good results, and what is not kept are bad ones.
 */
function boundedCount(counted: Count, total: number): Count {
  const done = clamp(counted.download_count, total);
  const failed = clamp(counted.failed_count, done);
  const good = done - failed;
  const warm = clamp(counted.warm_count, good);
  const hit = clamp(counted.hit_count, good - warm);
  const regional = clamp(counted.regional_count, good - warm - hit);
  return {
    download_count: done,
    download_size: whole(Math.max(0, counted.download_size)),
    transferred_bytes: whole(Math.max(0, counted.transferred_bytes)),
    failed_count: failed,
    warm_count: warm,
    hit_count: hit,
    regional_count: regional,
    not_kept_count: clamp(counted.not_kept_count, failed),
    uncompressed_count: clamp(counted.uncompressed_count, good),
    no_age_count: clamp(counted.no_age_count, hit),
    age_constant_count: clamp(counted.age_constant_count, hit),
    origin_age_count: clamp(counted.origin_age_count, hit),
    no_tier_count: clamp(counted.no_tier_count, hit + regional),
    size_changed_count: clamp(counted.size_changed_count, good),
  };
}

/** A number from 0 to `max`. */
function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}

/** What the fresh heartbeats add up to. Nothing for a request that has ended: agents drop what they hold of it. */
function liveOf(item: DescribedRequest, { heartbeats }: Progress, view: View) {
  const fresh = item.active === undefined ? [] : atWork(heartbeats, view.now, view);
  const sum = (field: "tasks" | "bytes" | "bytes_per_second" | "tasks_per_second") =>
    fresh.reduce((total, heartbeat) => total + heartbeat[field], 0);
  const finished = heartbeats.flatMap((heartbeat) => heartbeat.finished ?? []);
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
 * A result is counted before or after the next heartbeat of its agent, so its bytes would be counted twice or not at all. What the
 * agents had finished and had under way, as of their heartbeats, has no byte twice, and neither have the counters: the larger of both
 * is reported.
 */
function sizeInProgress(
  { sizes_known, total_size }: ListedRequest,
  { download_size }: Count,
  { bytes, finished = download_size }: Live,
): number {
  const size = whole(Math.max(0, finished + bytes - download_size));
  return sizes_known ? clamp(size, total_size - download_size) : size;
}

/** An estimate that is further away is useless: the rate is nearly zero. */
const FURTHEST_MS = 365 * 86_400_000;

/** A request, as far as it says how often an object is downloaded, and in which encodings. The list lacks it. */
interface Downloading {
  /** @default compressed ones, as Prewarm asks for them by default */
  readonly accept_encoding?: readonly string[] | undefined;
  readonly downloads?: Downloads | undefined;
  readonly scope?: Scope | undefined;
}

/**
 * When all tasks will have a result at the rate of now: by bytes where the sizes are known, else by tasks. Of compressed objects, the
 * sizes are uncompressed and too large, so the smaller of both times counts. Failed tasks need no
 * bytes any more; which size they had is not known here, so the mean is taken. The rate is of all bytes, and sizes count each object once:
 * what is left is received as often as the results so far were; before the first result, as often as `downloads` and `scope` allow.
 * @param at `inProgressSize`: bytes of downloads that have no result, as the answer has them; `now`: milliseconds since the epoch
 * @returns null where no agent holds tasks, or the rate is too low
 */
function estimatedFinish(
  item: ListedRequest & Downloading,
  { download_count, download_size, transferred_bytes, failed_count }: Count,
  { live, inProgressSize, now }: { readonly live: Live; readonly inProgressSize: number; readonly now: number },
): string | null {
  const { total_count, total_size, downloads, scope, accept_encoding = [] } = item;
  const failed = total_count === 0 ? 0 : (total_size * failed_count) / total_count;
  const received =
    download_size === 0 ? maxDownloads({ downloads, scope }) : Math.max(1, transferred_bytes / download_size);
  const restBytes = (total_size - failed - download_size - inProgressSize) * received;
  const byBytes = Math.max(0, restBytes) / live.bytesPerSecond;
  const byTasks = (total_count - download_count) / live.tasksPerSecond;
  const isIdentity = accept_encoding.length > 0 && accept_encoding.every((it) => it === "identity");
  const bySizes = isIdentity ? byBytes : Math.min(byBytes, byTasks);
  const ms = (percentageOf(item) === "bytes" ? bySizes : byTasks) * 1_000;
  if (live.held === 0 || !(ms <= FURTHEST_MS)) return null;
  return formatTimestamp(now + ms);
}

/** Undefined: no task waits for its next attempt. Agents drop what they hold of a request that has ended. */
function retryingRows(item: DescribedRequest, { heartbeats }: Progress, now: number): RetryingRow[] | undefined {
  const groups = item.active === undefined ? [] : retryingOf(heartbeats, now);
  if (groups.length === 0) return undefined;
  return groups.map(({ code, tasks, until, examples }) => ({
    code,
    title: reasonText(code, "en").title,
    tasks,
    next_attempt_by: formatTimestamp(until),
    examples,
  }));
}

/** A step of the request, or a result: whatever came last. Clocks differ, so a result is not from later than now. */
function lastUpdate(item: ListedRequest, { lastResultAt }: Progress, now: number): string {
  if (item.active === undefined || lastResultAt === undefined) return item.last_update_time;
  const resultAt = formatTimestamp(Math.min(lastResultAt, now));
  // Compared as text: the item may hold text that is no timestamp.
  return [resultAt, item.last_update_time].toSorted().at(-1) ?? resultAt;
}

/** A row a POP, in the order of the request. Its counts are those of progress: a recount does not correct them. */
export function popRows(item: RequestItem, targets: readonly Target[], counts: ReadonlyMap<string, Count>) {
  const byPop = grouped(targets, ({ pop }) => pop);
  const coverageAt = popCoverageOf(item);
  return item.pops.map((pop, popIndex) => {
    const its = byPop.get(pop) ?? [];
    const total = tasksOf(item, its);
    const count = boundedCount(counts.get(pop) ?? NO_COUNT, total);
    const state = stateOf(item, its, total, count.download_count);
    const coverage = its.every((target) => target.state === "FAILED") ? undefined : coverageAt(popIndex);
    return { pop, rec: recOf(pop) ?? null, state, coverage, total_count: total, ...count };
  });
}

/** The coverage of POPs by their indexes. Undefined: the request has another scope, or has not ended. */
function popCoverageOf({ pop_coverage: stored }: RequestItem): (popIndex: number) => PopCoverageKind | undefined {
  if (stored === undefined) return () => undefined;
  const [lead, covered] = [new Bitmap(stored.lead), new Bitmap(stored.covered)];
  return (popIndex) => (lead.has(popIndex) ? "lead" : covered.has(popIndex) ? "covered" : "not_covered");
}

function tasksOf({ targets_total, tasks_per_target }: RequestItem, targets: readonly Target[]): number {
  // Its totals are not set yet.
  if (targets_total === 0) return 0;
  const resolved = targets.filter(({ state }) => state !== "FAILED");
  return resolved.reduce((sum, { label, own_tasks = 0 }) => sum + (tasks_per_target[label] ?? 0) + own_tasks, 0);
}

function stateOf(item: RequestItem, targets: readonly Target[], total: number, done: number): PopState {
  if (targets.length > 0 && targets.every(({ state }) => state === "FAILED")) return "NOT_RESOLVED";
  if (item.status === "FINISHED" || (total > 0 && done === total)) return "DONE";
  if (item.active === undefined) return "UNFINISHED";
  return done === 0 ? "WAITING" : "IN_PROGRESS";
}

/** The failures that have one reason, with the words of the reason. */
export function failureRow(group: FailureGroup): FailureRow {
  return { ...group, ...reasonText(group.code, "en", statusOfAll(group)) };
}

/**
 * What a request was sent with. Headers are left out: there may be secrets in them, and they are not kept after the end.
 * @param urls of a retry none: it names the request that it retries
 */
export function sentOf(item: RequestItem, urls: readonly string[] = [], omitted = 0): Sent {
  const minutes = (parseTimestamp(item.timeout_at) - parseTimestamp(item.created_at)) / 60_000;
  return {
    body: {
      ...(item.retry_of === undefined
        ? { url_list: [...urls], target_type: "pop", pops: item.pops, skip_uncached: item.skip_uncached }
        : { retry_of: item.retry_of }),
      cf_domain: item.cf_domain,
      timeout: Math.max(1, Math.round(minutes)),
      instance_count: item.instances_asked,
      need_invalidate: item.need_invalidate || undefined,
      invalidate: item.invalidate,
      verify: item.verify,
      downloads: item.downloads,
      scope: item.scope,
      origin: item.origin,
      max_bytes: item.max_bytes,
      max_failures: item.max_failures,
    },
    variant_names: item.variant_names,
    header_count: item.header_count,
    urls_omitted: omitted,
  };
}

/** A request that has ended and has its report. */
export type EndedItem = RequestItem & { readonly status: TerminalStatus; readonly report: string };

/** What a summary has besides the fields of the request's item. */
type Ending = Pick<
  Summary,
  "failure_urls" | "failure_urls_omitted" | "failure_pop_urls_report" | "results_url" | "failures"
>;

/** Body of GET /summary. */
export function summaryAnswer(item: EndedItem, targets: readonly Target[], ending: Ending, now: number): Summary {
  const described = describeRequest(item, { ...NO_PROGRESS, count: item }, { now, heartbeatTimeoutMs: 0 });
  const unresolved = targets.filter(({ state }) => state === "FAILED");
  return summarySchema.parse({
    ...described,
    ...ending,
    failure_pops: [...new Set(unresolved.map(({ pop }) => pop))],
    // There is none where the list of URLs was lost.
    results_note: ending.results_url === null ? "There is no file of all results of this request" : undefined,
    verdict: item.verdict ?? null,
    sentence: sentence(described),
    footnote: footnote(item),
    readiness: item.readiness ?? null,
    unfinished_count: item.total_count - described.download_count,
  });
}
