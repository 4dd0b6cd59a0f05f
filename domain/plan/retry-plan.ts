import { Bitmap } from "../bitmap.ts";
import { toArray } from "../collections.ts";
import { hostOf } from "../net/urls.ts";
import { distributionOf } from "../request/distributions.ts";
import type { RequestItem } from "../request/request-item.ts";
import { isLostList, LISTS, type ListStore } from "./lists.ts";
import type { TargetStore } from "./target.ts";
import { type GoodUrl, urlVariantKey } from "./task.ts";

export interface RetryDeps {
  readonly requests: { get(reqId: string): Promise<RequestItem | undefined> };
  readonly requestPops: Pick<TargetStore, "targets">;
  readonly lists: ListStore;
}

/** A URL whose size is to be asked. */
export interface UrlToProbe {
  readonly url: string;
  /** In which variants. Absent: in all of the request's, or in the only form. */
  readonly variants?: readonly string[] | undefined;
  /** Which of the request's sources named it, counted from 1. Absent: the caller did. */
  readonly source?: number | undefined;
}

/** The URLs that a request warms. */
export interface UrlsToMeasure {
  /** URLs whose size is known already. */
  readonly sized: readonly GoodUrl[];
  readonly toProbe: readonly UrlToProbe[];
}

/** What is not good in a request that has ended: its pairs of URL, variant and POP that failed, were never tried, or are kept by the REC alone. */
export interface TasksToRetry extends UrlsToMeasure {
  /**
   * POPs with any pair, in the request's order. A URL whose size is known has those of them at which it is to be warmed. One whose size
   * is to be asked, because it could not be read or was never requested, is to be warmed at all of them.
   */
  readonly pops: readonly string[];
}

/** A request cannot be retried: what it was made of is gone or damaged. */
export class RetryLostError extends Error {
  override readonly name = "RetryLostError";
  constructor(reqId: string, what: string, cause?: unknown) {
    super(`retry_of: the request ${reqId} cannot be retried: ${what}; send its URLs in a new request`, { cause });
  }
}

/**
 * What a request warms: the URLs of its list; of a retry, what is not good in the request that it retries. Then its list is written, too.
 * The list is read completely before the first size: S3 closes a response that is not read for long.
 * @returns `fields`: those of the request's item that follow from it
 * @throws RetryLostError; what the stores throw
 */
export async function urlsToMeasure(
  deps: RetryDeps,
  { req_id: reqId, retry_of: retriedId }: RequestItem,
): Promise<UrlsToMeasure & { readonly fields: Partial<Pick<RequestItem, "pops" | "url_count">> }> {
  const { requests, lists } = deps;
  if (retriedId === undefined)
    return { sized: [], toProbe: await toArray(lists.read(LISTS.foundUrls, reqId)), fields: {} };
  const ended = await requests.get(retriedId);
  if (ended === undefined) throw new RetryLostError(retriedId, "it no longer exists");
  const { pops, sized: withSources, toProbe } = await tasksToRetry(deps, ended);
  // The numbers of sources refer to the other request.
  const sized = withSources.map(({ source: _, ...good }) => good);
  const urls = new Set([...sized, ...toProbe].map(({ url }) => url));
  await lists.write(LISTS.urls, reqId, urls);
  return { sized, toProbe, fields: { pops: [...pops], url_count: urls.size } };
}

/**
 * The request that knows the pairs: a retry that ended before its tasks were planned has those of the request before it.
 * @throws RetryLostError also where its URLs are unknown, because it ended before its sources were read
 */
export async function planOf({ requests }: RetryDeps, item: RequestItem): Promise<RequestItem> {
  let current = item;
  while (!isPlanned(current) && current.retry_of !== undefined) {
    const before = await requests.get(current.retry_of);
    if (before === undefined) throw new RetryLostError(item.req_id, `the request ${current.retry_of} no longer exists`);
    current = before;
  }
  if (!isPlanned(current) && current.sources_read !== undefined && current.expanded === undefined)
    throw new RetryLostError(item.req_id, "it ended before its sources were read");
  return current;
}

/** Whether a request came as far as its tasks. What ended before has no list of them, and nothing of it is good. */
export function isPlanned({ total_count: total }: RequestItem): boolean {
  return total > 0;
}

/**
 * Reads what is not good in a request that has ended, from its lists, its report and its POPs. The report is read as a stream:
 * it may have millions of rows. What is kept is one bit for each URL, variant and POP.
 * @throws RetryLostError; what S3 throws when it is unavailable
 */
export async function tasksToRetry(deps: RetryDeps, item: RequestItem): Promise<TasksToRetry> {
  const plan = await planOf(deps, item);
  try {
    return isPlanned(plan) ? await pairsOf(deps, plan) : await everythingOf(deps, plan);
  } catch (error) {
    if (!isLostList(error)) throw error;
    throw new RetryLostError(item.req_id, `its lists cannot be read: ${error.message}`, error);
  }
}

async function everythingOf({ lists }: RetryDeps, item: RequestItem): Promise<TasksToRetry> {
  const { req_id: reqId, pops } = item;
  const urls = await toArray(lists.read(LISTS.urls, reqId));
  return { pops, sized: [], toProbe: urls.map((url) => ({ url })) };
}

async function pairsOf(deps: RetryDeps, item: RequestItem): Promise<TasksToRetry> {
  const { req_id: reqId, pops, distributions } = item;
  const urls = await toArray(deps.lists.read(LISTS.goodUrls, reqId));
  const rowOf = new Map(urls.map((url, row) => [urlVariantKey(url), row]));
  const popIndexOf = new Map(pops.map((pop, popIndex) => [pop, popIndex]));
  const pairs = new Bitmap();
  const pair = (row: number, popIndex: number) => row * pops.length + popIndex;
  for await (const task of deps.lists.read(LISTS.report, reqId)) {
    const [row, popIndex] = [rowOf.get(urlVariantKey(task)), popIndexOf.get(task.pop)];
    if (row !== undefined && popIndex !== undefined) pairs.add(pair(row, popIndex));
  }
  const { regional_tasks = 0, edge_tasks = 0 } = item.readiness ?? {};
  if (regional_tasks + edge_tasks > 0)
    for await (const { pops: its, ...url } of deps.lists.read(LISTS.regionalUrls, reqId)) {
      const [row, popIndexes] = [rowOf.get(urlVariantKey(url)), new Bitmap(its)];
      if (row === undefined) continue;
      for (const popIndex of pops.keys()) if (popIndexes.has(popIndex)) pairs.add(pair(row, popIndex));
    }
  // POPs that did not resolve have no tasks: the report names each with an empty URL, so it has none of their pairs.
  const unresolved = (await deps.requestPops.targets(reqId)).filter(({ state }) => state === "FAILED");
  for (const [row, { url, pops: bitmap }] of urls.entries()) {
    const distribution = distributionOf(distributions, hostOf(url));
    const wanted = bitmap === undefined ? undefined : new Bitmap(bitmap);
    for (const { pop, label } of unresolved) {
      const popIndex = popIndexOf.get(pop);
      if (popIndex === undefined || label !== distribution?.label || wanted?.has(popIndex) === false) continue;
      pairs.add(pair(row, popIndex));
    }
  }
  const toProbe = await unreadOf(deps, reqId);
  // A URL whose size is to be asked is warmed at all POPs; without such URLs, only POPs that are in any pair remain.
  const isUsed = (popIndex: number) => toProbe.length > 0 || urls.some((_, row) => pairs.has(pair(row, popIndex)));
  const used = [...pops.keys()].filter(isUsed);
  const sized = urls.flatMap(({ pops: _, ...url }, row): GoodUrl[] => {
    const wanted = [...used.entries()].filter(([, popIndex]) => pairs.has(pair(row, popIndex)));
    if (wanted.length === 0) return [];
    const popIndexes = wanted.map(([newIndex]) => newIndex);
    return [{ ...url, pops: popIndexes.length === used.length ? undefined : bitmapOf(popIndexes) }];
  });
  return { pops: used.flatMap((popIndex) => pops[popIndex] ?? []), sized, toProbe };
}

function bitmapOf(popIndexes: readonly number[]): string {
  const bitmap = new Bitmap();
  for (const popIndex of popIndexes) bitmap.add(popIndex);
  return bitmap.toText();
}

/** URLs whose size could not be read, each with the variants in which it could not. */
async function unreadOf({ lists }: RetryDeps, reqId: string): Promise<UrlToProbe[]> {
  const unread = new Map<string, readonly string[] | undefined>();
  for await (const { url, variant = "" } of lists.read(LISTS.failedUrls, reqId))
    unread.set(url, variant === "" ? undefined : [...(unread.get(url) ?? []), variant]);
  return [...unread].map(([url, variants]) => ({ url, variants }));
}
