import type { Target } from "../plan/target.ts";
import type { TerminalStatus } from "../request/lifecycle.ts";
import { NO_PROGRESS } from "../request/progress.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { Failure } from "./detail-answers.ts";
import { describeProgress, sentenceOf } from "./progress-view.ts";
import type { Summary } from "./summary-answer.ts";

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
