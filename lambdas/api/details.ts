import type { FailureRow, PopUrls, Sent } from "../../domain/api/detail-answers.ts";
import { failureRow, popRows, sentOf } from "../../domain/api/request-view.ts";
import { toArray } from "../../domain/collections.ts";
import { isLostList, isMissing, LISTS, type ReadableList } from "../../domain/plan/lists.ts";
import { Plan } from "../../domain/plan/plan.ts";
import { type GoodUrl, sortKeyOf } from "../../domain/plan/task.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { errorText, lostFailure } from "../../domain/result/failure.ts";
import { type FailureGroup, mostFirst } from "../../domain/result/failure-groups.ts";
import { failureGroupsOf } from "../../domain/result/failure-tally.ts";
import { type HeatStripResult, heatStrip } from "../../domain/result/heat-strip.ts";
import { ApiError, quoted } from "../../domain/validation/api-error.ts";
import type { ApiDeps } from "./deps.ts";
import { urlSizeFilter } from "./query.ts";

/** `pops` of GET /prewarm. */
export async function readPopRows({ requestPops, progress }: ApiDeps, item: RequestItem) {
  const [targets, counts] = await Promise.all([
    requestPops.targets(item.req_id),
    progress.pops(item.req_id, item.pops),
  ]);
  return popRows(item, targets, counts);
}

/**
 * `failures` of GET /prewarm: by reason, those of most tasks first, with the input failures. Exact once the report stands, and as
 * counted so far before.
 */
export async function readFailures(deps: ApiDeps, item: RequestItem): Promise<FailureRow[]> {
  // The bucket may have deleted the list of a request that ended long ago.
  const ended = item.report === undefined ? undefined : await readGroups(deps, LISTS.failures, item.req_id);
  if (ended !== undefined) return mostFirst(ended).map(failureRow);
  const [ofTasks, ofUrls, targets] = await Promise.all([
    deps.progress.failures(item.req_id),
    // Clients poll it, so it reads the groups of URLs that could not be read, and never these URLs.
    readGroups(deps, LISTS.failedUrlGroups, item.req_id),
    deps.requestPops.targets(item.req_id),
  ]);
  const pops = targets.filter(({ state }) => state === "FAILED");
  return mostFirst([...ofTasks, ...(ofUrls ?? []), ...failureGroupsOf(pops)]).map(failureRow);
}

/** Undefined where there is no such list, as before the sizes are asked. */
async function readGroups(
  { lists }: ApiDeps,
  list: ReadableList<FailureGroup>,
  reqId: string,
): Promise<FailureGroup[] | undefined> {
  try {
    return await toArray(lists.read(list, reqId));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Reading this many takes well under the 29 s that API Gateway waits: docs/console.md has the measurement. */
export const MAX_HEAT_STRIP_TASKS = 200_000;

/**
 * Most bytes of results that a call reads, as they are billed: 8,000 read request units, a tenth of a cent. Without it, 60,000
 * results with the longest errors are 143 MB.
 */
export const MAX_READ_BYTES = 64_000_000;

/**
 * `urls` of GET /prewarm: how the tasks of one POP of a request ended.
 * @throws ApiError 400 for a POP that is none of the request's, or has too many tasks or too large results; 409 before the request has
 * ended, and where its list of URLs is gone
 */
export async function readPopUrls(deps: ApiDeps, item: RequestItem, pop = ""): Promise<PopUrls> {
  if (pop === "") throw new ApiError(400, "pop: is required with detail=urls: a POP of the request");
  if (!item.pops.includes(pop)) throw new ApiError(400, `pop: the request has no POP ${quoted(pop)}`);
  if (item.active !== undefined)
    throw new ApiError(409, `The request is ${item.status}; the URLs of a POP are available after it has ended`);
  const tasks = item.total_count === 0 ? [] : await tasksAt(deps, item, pop);
  const places = new Map(tasks.map(({ url, variant }, place) => [sortKeyOf({ pop, url, variant }), place]));
  // What never got a result, a request that is FINISHED has counted as failed.
  const failure = lostFailure(item.requeues + 1);
  const lost: HeatStripResult = { ok: false, reason: failure.reason, error: errorText(failure) };
  const results: (HeatStripResult | undefined)[] = tasks.map(() => (item.status === "FINISHED" ? lost : undefined));
  let bytes = 0;
  if (tasks.length > 0)
    for await (const { pop_url, ...result } of deps.results.ofPop(
      item.req_id,
      pop,
      item.shards,
      (read) => (bytes += read),
    )) {
      if (bytes > MAX_READ_BYTES)
        throw tooMuchToRead(`the results of ${pop} have more than ${MAX_READ_BYTES / 1e6} MB`);
      const place = places.get(pop_url);
      if (place !== undefined) results[place] = result;
    }
  const { bins, failures, more } = heatStrip(tasks, results);
  return { pop, total_count: tasks.length, buckets: bins, failures, failures_omitted: more };
}

/** The URLs that the POP was to warm, in the order of the list. */
async function tasksAt({ lists, requestPops }: ApiDeps, item: RequestItem, pop: string): Promise<GoodUrl[]> {
  const plan = new Plan(item, await requestPops.targets(item.req_id));
  const tasks: GoodUrl[] = [];
  try {
    for await (const url of lists.read(LISTS.goodUrls, item.req_id)) {
      if (plan.tasksOf(url)?.popIndexOf(pop) === undefined) continue;
      tasks.push(url);
      if (tasks.length > MAX_HEAT_STRIP_TASKS)
        throw tooMuchToRead(`${pop} has more than ${MAX_HEAT_STRIP_TASKS} tasks`);
    }
  } catch (error) {
    // The bucket may forget the list a day or two before the table forgets the request.
    if (isLostList(error)) throw new ApiError(409, "The URL list of the request no longer exists");
    throw error;
  }
  return tasks;
}

/**
 * `sent` of GET /prewarm: the body that makes the same request again, as far as it is kept.
 * @throws ApiError 409 where there is no list of its URLs: it is without what its sources name, or the bucket has deleted it
 */
export async function readSent({ lists }: ApiDeps, item: RequestItem): Promise<Sent> {
  if (item.retry_of !== undefined) return sentOf(item);
  const hasSources = item.sources_read !== undefined || (item.sources ?? []).length > 0;
  if (hasSources && item.expanded === undefined)
    throw new ApiError(
      409,
      item.active === undefined
        ? "The request ended before its sources were read; send its sources in a new request"
        : "The sources of the request are not read yet; ask again in a moment",
    );
  const urls: string[] = [];
  let omitted = 0;
  const hasRoom = urlSizeFilter();
  try {
    for await (const url of lists.read(LISTS.urls, item.req_id)) {
      if (hasRoom(url)) urls.push(url);
      else omitted++;
    }
  } catch (error) {
    if (isLostList(error)) throw new ApiError(409, "There is no list of the request's URLs");
    throw error;
  }
  return sentOf(item, urls, omitted);
}

function tooMuchToRead(why: string): ApiError {
  return new ApiError(400, `pop: ${why}; the file of all results (results_url of GET /summary) has them`);
}
