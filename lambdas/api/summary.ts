import { setTimeout as sleep } from "node:timers/promises";
import type { Lists } from "../../aws/lists.ts";
import type { ReportLinks } from "../../aws/report-links.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestReader } from "../../aws/request-table.ts";
import { describeProgress, sentenceOf, sourcesOf } from "../../domain/api/progress-view.ts";
import type { Summary } from "../../domain/api/summary-answer.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { isTerminal, type TerminalStatus } from "../../domain/request/lifecycle.ts";
import { NO_PROGRESS } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { UnreadableUrl } from "../../domain/result/failure-groups.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";
import { isMissing } from "../not-good.ts";
import { endedFailures, withWords } from "./details.ts";
import { timestamp } from "./query.ts";
import { retryLinks } from "./retried-request.ts";

/** A stopped request's report follows its status by seconds; a caller is spared the second question. */
const REPORT_WAIT_MS = 15_000;
const REPORT_POLL_MS = 250;

/** API Gateway's answers end at 6 MB; beyond this many characters of URLs, the list in the bucket tells the rest. */
const MAX_URL_CHARACTERS = 4_000_000;

export interface SummaryDeps {
  readonly requests: Pick<RequestReader, "get">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly lists: Pick<Lists, "read">;
  readonly links: Pick<ReportLinks, "of">;
  readonly now: () => Date;
}

/** Body of GET /summary. @throws RefusedError 409 for a request that has not ended. */
export async function summarize(deps: SummaryDeps, first: RequestItem): Promise<Summary> {
  const item = await withReport(deps, first);
  const pops = await deps.requestPops.of(item.req_id);
  const { total_count, download_count, failed_count } = item;
  const described = describeProgress(item, NO_PROGRESS, deps.now(), { staleMs: 0 });
  return {
    request_id: item.req_id,
    failure_pops: [...new Set(pops.filter((pop) => pop.state === "FAILED").map((pop) => pop.pop))],
    ...(await failedUrls(deps, item.req_id)),
    failure_pop_urls_report: await deps.links.of(item.report, `prewarm-${item.req_id}-failed.csv`),
    ...(await resultsLink(deps, item)),
    verdict: item.verdict ?? null,
    sentence: sentenceOf(item, described),
    readiness: item.readiness ?? null,
    failures: ((await endedFailures(deps, item.req_id)) ?? []).map(withWords),
    total_count,
    unfinished_count: total_count - download_count,
    failed_count,
    warm_count: item.warm_count,
    hit_count: item.hit_count,
    not_kept_count: item.not_kept_count,
    timestamp: timestamp(deps),
    created_at: item.created_at,
    last_update_time: item.last_update_time,
    status: item.status,
    ...sourcesOf(item),
    ...(item.reason === undefined ? {} : { reason: item.reason }),
    ...retryLinks(item),
  };
}

/** A release before kept no such file, and there is none where the list of URLs was lost. */
async function resultsLink({ links }: SummaryDeps, { req_id, results }: RequestItem) {
  if (results === undefined)
    return { results_url: null, results_note: "There is no file of all results of this request" };
  return { results_url: await links.of(results, `prewarm-${req_id}-results.csv.gz`) };
}

async function withReport(
  deps: SummaryDeps,
  first: RequestItem,
): Promise<RequestItem & { status: TerminalStatus; report: string }> {
  let item = first;
  const deadline = deps.now().getTime() + REPORT_WAIT_MS;
  for (;;) {
    const { status, report }: RequestItem = item;
    if (!isTerminal(status)) {
      throw new RefusedError(409, `The request is ${status}; its summary can be read once it has ended`);
    }
    if (report !== undefined) return { ...item, status, report };
    if (deps.now().getTime() >= deadline) {
      throw new RefusedError(409, `The request is ${status}; its report is still being written, ask again in a moment`);
    }
    await sleep(REPORT_POLL_MS);
    item = (await deps.requests.get(item.req_id)) ?? item;
  }
}

/** The failed URLs as far as an answer has room, and how many are left out: all of them are in the list in the bucket. */
async function failedUrls(deps: SummaryDeps, reqId: string) {
  const urls: string[] = [];
  let omitted = 0;
  let characters = 0;
  try {
    for await (const failed of deps.lists.read(LISTS.failedUrls, reqId)) {
      const url = urlOf(failed);
      characters += url.length;
      if (characters > MAX_URL_CHARACTERS) omitted++;
      else urls.push(url);
    }
  } catch (error) {
    // A request that ended before its sizes were asked has no such list.
    if (!isMissing(error)) throw error;
  }
  return { failure_urls: urls, failure_urls_omitted: omitted };
}

/**
 * A failed URL with the variant that it failed in, if it did not in all. What is behind the `#` is dropped from a URL of POST
 * /prewarm, so that the list can be sent again as it is.
 */
function urlOf({ url, variant = "" }: UnreadableUrl): string {
  return variant === "" ? url : `${url}#${variant}`;
}
