import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "../../domain/api/request-answers.ts";
import { type EndedItem, summaryAnswer } from "../../domain/api/request-view.ts";
import { isMissing, LISTS } from "../../domain/plan/lists.ts";
import { urlVariantKey } from "../../domain/plan/task.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import type { ApiDeps } from "./deps.ts";
import { readFailures } from "./details.ts";
import { urlSizeFilter } from "./query.ts";

/** The report of a stopped request follows its status by seconds; waiting spares clients another call. */
const REPORT_WAIT_MS = 15_000;
const REPORT_POLL_MS = 250;

/** Body of GET /summary. @throws ApiError 409 for a request that has not ended. */
export async function summarize(deps: ApiDeps, first: RequestItem): Promise<Summary> {
  const item = await withReport(deps, first);
  const { req_id: reqId, report, results } = item;
  const targets = await deps.requestPops.targets(reqId);
  const ending = {
    ...(await readFailedUrls(deps, reqId)),
    failure_pop_urls_report: await deps.lists.link(report, `prewarm-${reqId}-failed.csv`),
    results_url: results === undefined ? null : await deps.lists.link(results, `prewarm-${reqId}-results.csv.gz`),
    failures: await readFailures(deps, item),
  };
  return summaryAnswer(item, targets, ending, deps.now());
}

async function withReport(deps: ApiDeps, first: RequestItem): Promise<EndedItem> {
  const deadline = deps.now() + REPORT_WAIT_MS;
  for (let item = first; ; item = (await deps.requests.get(item.req_id)) ?? item) {
    const { status, report } = item;
    if (!isTerminal(status))
      throw new ApiError(409, `The request is ${status}; its summary is available after it has ended`);
    if (report !== undefined) return { ...item, status, report };
    if (deps.now() >= deadline)
      throw new ApiError(409, `The request is ${status}; its report is still being written; retry in a moment`);
    await sleep(REPORT_POLL_MS);
  }
}

/**
 * The failed URLs as far as an answer has room, and how many are left out: all of them are in the list in the bucket. A URL that failed
 * in some variants only is named with each: what is behind the `#` is dropped from a URL of POST /prewarm, so that the list can be
 * sent again as it is.
 */
async function readFailedUrls({ lists }: ApiDeps, reqId: string) {
  const urls: string[] = [];
  let omitted = 0;
  const hasRoom = urlSizeFilter();
  try {
    for await (const failed of lists.read(LISTS.failedUrls, reqId)) {
      const name = urlVariantKey(failed);
      if (hasRoom(name)) urls.push(name);
      else omitted++;
    }
  } catch (error) {
    // A request that ended before its sizes were asked has no such list.
    if (!isMissing(error)) throw error;
  }
  return { failure_urls: urls, failure_urls_omitted: omitted };
}
