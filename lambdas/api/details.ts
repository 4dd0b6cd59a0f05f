import type { FailureRow, Sent } from "../../domain/api/detail-answers.ts";
import { failureRow, popRows, sentOf } from "../../domain/api/request-view.ts";
import { toArray } from "../../domain/collections.ts";
import { isLostList, isMissing, LISTS, type ReadableList } from "../../domain/plan/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type FailureGroup, mostFirst } from "../../domain/result/failure-groups.ts";
import { failureGroupsOf } from "../../domain/result/failure-tally.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
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
