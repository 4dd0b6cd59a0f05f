import * as z from "zod";
import { isLostList, LISTS, type ReadableList } from "../../domain/plan/lists.ts";
import { isPlanned, planOf, RetryLostError } from "../../domain/plan/retry.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import type { ApiDeps } from "./deps.ts";
import { findRequest } from "./query.ts";

const namedSchema = z.object({ retry_of: z.string() });

/**
 * The request that a body names as `retry_of`, if there is anything in it to be tried again. Undefined: it names none.
 * @param json the body, which may have faults
 * @throws ApiError 404 unknown; 409 it has not ended, nothing of it is left to be done, or it cannot be told what
 */
export async function retriedRequest(deps: ApiDeps, json: unknown): Promise<RequestItem | undefined> {
  const named = namedSchema.safeParse(json).data?.retry_of;
  if (named === undefined) return undefined;
  const item = await findRequest(deps, named, "retry_of");
  const refuse = (why: string) => new ApiError(409, `retry_of: the request ${item.req_id} is ${item.status}${why}`);
  if (item.active !== undefined) throw refuse("; it can be tried again once it has ended");
  if (item.report === undefined) throw refuse("; its report is still being written, ask again in a moment");
  await checkLists(deps, item);
  if (await isGood(deps, item)) throw refuse(", and everything in it is good");
  return item;
}

/** Without them, nobody knows what is not good. */
async function checkLists(deps: ApiDeps, item: RequestItem): Promise<void> {
  try {
    const plan = await planOf(deps, item);
    if (!isPlanned(plan)) return void (await hasAny(deps, LISTS.urls, plan.req_id));
    for (const list of [LISTS.goodUrls, LISTS.report]) await hasAny<unknown, never>(deps, list, plan.req_id);
  } catch (error) {
    const lost = isLostList(error) ? new RetryLostError(item.req_id, "its lists are gone", error) : error;
    if (lost instanceof RetryLostError) throw new ApiError(409, lost.message);
    throw lost;
  }
}

async function isGood(deps: ApiDeps, item: RequestItem): Promise<boolean> {
  const { req_id: reqId, total_count: total, download_count: done, failed_count: failed } = item;
  if (!isPlanned(item) || failed > 0 || done < total) return false;
  if (await hasAny(deps, LISTS.failedUrls, reqId)) return false;
  return (await deps.requestPops.of(reqId)).every(({ state }) => state !== "FAILED");
}

/** @throws NoSuchKey, as S3 calls it, if the list is not there */
async function hasAny<T, Written>({ lists }: ApiDeps, list: ReadableList<T, Written>, reqId: string): Promise<boolean> {
  for await (const _ of lists.read(list, reqId)) return true;
  return false;
}
