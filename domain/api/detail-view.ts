import { grouped } from "../grouped.ts";
import type { Target } from "../plan/target.ts";
import { recOf } from "../pops/sites.ts";
import { wordsOf } from "../readiness/reasons.ts";
import type { TerminalStatus } from "../request/lifecycle.ts";
import { NO_PROGRESS } from "../request/progress.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { Sample } from "../request/samples.ts";
import { type Count, NO_COUNT } from "../result/count.ts";
import type { FailureGroup } from "../result/failure-groups.ts";
import { formatTimestamp } from "../timestamps.ts";
import type { Failure, PopProgress, PopState, SampleRow } from "./detail-answers.ts";
import { boundedCount, countersOf, describeProgress, sentenceOf } from "./progress-view.ts";
import type { Summary } from "./summary-answer.ts";

/** A row a POP, in the order of the request. Its counts are those of progress: a recount does not correct them. */
export function popRows(
  item: RequestItem,
  targets: readonly Target[],
  counts: ReadonlyMap<string, Count>,
): PopProgress[] {
  const byPop = grouped(targets, ({ pop }) => pop);
  return item.pops.map((pop) => {
    const its = byPop.get(pop) ?? [];
    const total = tasksOf(item, its);
    const count = boundedCount(counts.get(pop) ?? NO_COUNT, total);
    return {
      pop,
      rec: recOf(pop) ?? null,
      state: stateOf(item, its, total, count.download_count),
      total_count: total,
      ...countersOf(count),
      rec_miss_count: count.rec_miss_count,
      download_size: count.download_size,
    };
  });
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

/** How a request stood at a moment. */
export function sampleRow({ at, received, count }: Sample, item: RequestItem): SampleRow {
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

/** The failures that have one reason, with the words of the reason. */
export function failureRow({ examples, ...counts }: FailureGroup): Failure {
  return { ...counts, ...wordsOf(counts.code, "en"), examples };
}

/** A request that has ended and has its report. */
export type EndedItem = RequestItem & { readonly status: TerminalStatus; readonly report: string };

/** What a summary says besides what stands on the request's item. */
interface Ending {
  readonly pops: readonly Target[];
  readonly failedUrls: { readonly urls: string[]; readonly omitted: number };
  readonly reportLink: string;
  readonly resultsLink: string | undefined;
  readonly failures: Failure[];
  readonly now: Date;
}

/** Body of GET /summary. */
export function summaryOf(item: EndedItem, ending: Ending): Summary {
  const { failedUrls, resultsLink, now } = ending;
  const described = describeProgress(item, NO_PROGRESS, { now, heartbeatTimeoutMs: 0 });
  const unresolved = ending.pops.filter(({ state }) => state === "FAILED");
  return {
    request_id: item.req_id,
    failure_pops: [...new Set(unresolved.map(({ pop }) => pop))],
    failure_urls: failedUrls.urls,
    failure_urls_omitted: failedUrls.omitted,
    failure_pop_urls_report: ending.reportLink,
    results_url: resultsLink ?? null,
    // There is none where the list of URLs was lost.
    results_note: resultsLink === undefined ? "There is no file of all results of this request" : undefined,
    verdict: item.verdict ?? null,
    sentence: sentenceOf(item, described),
    readiness: item.readiness ?? null,
    failures: ending.failures,
    total_count: item.total_count,
    unfinished_count: item.total_count - item.download_count,
    failed_count: item.failed_count,
    warm_count: item.warm_count,
    hit_count: item.hit_count,
    not_kept_count: item.not_kept_count,
    timestamp: described.timestamp,
    created_at: item.created_at,
    last_update_time: item.last_update_time,
    status: item.status,
    sources: described.sources,
    reason: item.reason,
    retry_of: item.retry_of,
    retried_by: item.retried_by,
  };
}
