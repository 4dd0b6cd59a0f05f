import * as z from "zod";
import type { RequestReader } from "../../aws/request-table.ts";
import { LISTS, type ReadableList } from "../../domain/plan/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";
import { isLostList, isPlanned, type NotGoodDeps, planOf, RetryLostError } from "../not-good.ts";
import { findRequest } from "./query.ts";

export interface RetriedRequestDeps extends NotGoodDeps {
  readonly requests: Pick<RequestReader, "get">;
}

const namedSchema = z.object({ retry_of: z.string() });

/**
 * The request that a body names as `retry_of`, if there is anything in it to be tried again. Undefined: it names none.
 * @param json the body, which may have faults
 * @throws RefusedError 404 unknown; 409 it has not ended, nothing of it is left to be done, or it cannot be told what
 */
export async function retriedRequest(deps: RetriedRequestDeps, json: unknown): Promise<RequestItem | undefined> {
  const named = namedSchema.safeParse(json).data?.retry_of;
  if (named === undefined) return undefined;
  const item = await findRequest(deps.requests, named, "retry_of");
  const { req_id: reqId, status } = item;
  const refuse = (why: string) => new RefusedError(409, `retry_of: the request ${reqId} ${why}`);
  if (item.active !== undefined) throw refuse(`is ${status}; it can be tried again once it has ended`);
  if (item.report === undefined) throw refuse(`is ${status}; its report is still being written, ask again in a moment`);
  if (item.variant_names === undefined || item.header_count === undefined)
    throw refuse("was made by an older release, which did not note what a retry must know; send its URLs instead");
  await checkLists(deps, item);
  if (await isGood(deps, item)) throw refuse(`is ${status}, and everything in it is good`);
  return item;
}

/** The 409 for a request that another one tries again already. One retry at a time: both would do the same tasks. */
export function triedAgain({ req_id: reqId, retried_by: by }: RequestItem): RefusedError {
  return new RefusedError(
    409,
    `retry_of: the request ${reqId} is tried again by ${by} already; what is not good in that one can be tried again in turn`,
  );
}

/** A body with the settings of the request that it tries again, where it says nothing of its own. */
export function filledFrom(item: RequestItem, json: unknown): unknown {
  const own = Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(json));
  return { ...settingsOf(item), ...Object.fromEntries(own.filter(([, value]) => value !== null)) };
}

/** What stays out: the headers, which are not kept, and the invalidation, which would undo what is good. */
function settingsOf(item: RequestItem) {
  const { created_at, timeout_at, instances_asked, verify, order, origin, cf_domain, max_failures, max_bytes } = item;
  const ms = parseTimestamp(timeout_at).getTime() - parseTimestamp(created_at).getTime();
  const asked = instances_asked ?? Math.max(1, item.instance_count);
  const timeout = Math.max(1, Math.round(ms / 60_000));
  return { timeout, instance_count: asked, verify, order, origin, cf_domain, max_failures, max_bytes };
}

/** Without them, nobody knows what is not good. */
async function checkLists(deps: RetriedRequestDeps, item: RequestItem): Promise<void> {
  try {
    const plan = await planOf(deps, item);
    if (!isPlanned(plan)) return void (await hasAny(deps, LISTS.urls, plan.req_id));
    for (const list of [LISTS.goodUrls, LISTS.report]) await hasAny<unknown, never>(deps, list, plan.req_id);
  } catch (error) {
    const lost = isLostList(error) ? new RetryLostError(item.req_id, "its lists are gone", error) : error;
    if (lost instanceof RetryLostError) throw new RefusedError(409, lost.message);
    throw lost;
  }
}

async function isGood(deps: RetriedRequestDeps, item: RequestItem): Promise<boolean> {
  const { req_id: reqId, total_count: total, download_count: done, failed_count: failed } = item;
  if (!isPlanned(item) || failed > 0 || done < total) return false;
  if (await hasAny(deps, LISTS.failedUrls, reqId)) return false;
  return (await deps.requestPops.of(reqId)).every(({ state }) => state !== "FAILED");
}

/** @throws NoSuchKey, as S3 calls it, if the list is not there */
async function hasAny<T, Written>(
  { lists }: RetriedRequestDeps,
  list: ReadableList<T, Written>,
  reqId: string,
): Promise<boolean> {
  for await (const _ of lists.read(list, reqId)) return true;
  return false;
}

/** What answers say of a request that tries another one again, or is tried again. */
export function retryLinks({ retry_of, retried_by }: Pick<RequestItem, "retry_of" | "retried_by">) {
  return { ...(retry_of === undefined ? {} : { retry_of }), ...(retried_by === undefined ? {} : { retried_by }) };
}
