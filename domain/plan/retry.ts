import { hostOf } from "../net/urls.ts";
import { distributionOf } from "../request/distributions.ts";
import type { RequestItem } from "../request/request-item.ts";
import { isLostList, LISTS, type ListStore } from "./lists.ts";
import { countInMask, isInMask, PopMasks } from "./pop-mask.ts";
import type { TargetStore } from "./target.ts";
import { formKey, type GoodUrl } from "./task.ts";

export interface RetryDeps {
  readonly requests: { get(reqId: string): Promise<RequestItem | undefined> };
  readonly requestPops: Pick<TargetStore, "of">;
  readonly lists: Pick<ListStore, "read">;
}

/** A URL whose size is to be asked. */
export interface AskedUrl {
  readonly url: string;
  /** In which variants. Absent: in all of the request's, or in the only form. */
  readonly variants?: readonly string[];
  /** Which of the request's sources named it, counted from 1. Absent: the caller did. */
  readonly source?: number;
}

/** What is not good in a request that has ended: its pairs of URL, variant and POP that failed or were never tried. */
export interface NotGood {
  /** POPs with any pair, in the request's order. */
  readonly pops: readonly string[];
  /** URLs whose size is known, each with those of `pops` at which it is to be warmed. */
  readonly known: readonly GoodUrl[];
  /** URLs whose size is to be asked, because it could not be read or nobody asked. They are to be warmed at all of `pops`. */
  readonly asked: readonly AskedUrl[];
}

/** A request cannot be tried again: what it was made of is gone or damaged. */
export class RetryLostError extends Error {
  override readonly name = "RetryLostError";
  constructor(reqId: string, what: string, cause?: unknown) {
    super(`retry_of: the request ${reqId} cannot be tried again: ${what}; send its URLs in a new request`, { cause });
  }
}

/**
 * The request that knows the pairs: a retry that ended before its tasks were planned has those of the request before it.
 * @throws RetryLostError also where nobody knows its URLs, because it ended before its sources were read
 */
export async function planOf(deps: Pick<RetryDeps, "requests">, item: RequestItem): Promise<RequestItem> {
  let current = item;
  while (!isPlanned(current) && current.retry_of !== undefined) {
    const before = await deps.requests.get(current.retry_of);
    if (before === undefined) throw new RetryLostError(item.req_id, `the request ${current.retry_of} is gone`);
    current = before;
  }
  if (!isPlanned(current) && current.sources_read !== undefined && current.expanded === undefined)
    throw new RetryLostError(item.req_id, "it ended before its sources were read");
  return current;
}

/** Whether a request came as far as its tasks. What ended before has no list of them, and nothing of it is good. */
export function isPlanned({ total_count: total }: Pick<RequestItem, "total_count">): boolean {
  return total > 0;
}

/**
 * Reads what is not good in a request that has ended, from its lists, its report and its POPs. The report is read as a stream:
 * it may have millions of rows. What is kept is one bit for each URL, variant and POP.
 * @throws RetryLostError; what S3 throws when it cannot be asked now
 */
export async function notGoodOf(deps: RetryDeps, item: RequestItem): Promise<NotGood> {
  const plan = await planOf(deps, item);
  try {
    return isPlanned(plan) ? await pairsOf(deps, plan) : await everythingOf(deps, plan);
  } catch (error) {
    if (!isLostList(error)) throw error;
    throw new RetryLostError(item.req_id, `its lists cannot be read: ${error.message}`, error);
  }
}

/**
 * How much a retry would do, if every URL that is to be asked is good and every POP resolves.
 * @param forms how many variants the request has; 1 without any
 */
export function sizeOf(
  { pops, known, asked }: NotGood,
  forms: number,
): { readonly urls: number; readonly pairs: number } {
  const count = ({ pops: mask }: GoodUrl) => (mask === undefined ? pops.length : countInMask(mask));
  const sure = known.reduce((sum, url) => sum + count(url), 0);
  const likely = asked.reduce((sum, { variants }) => sum + (variants?.length ?? forms) * pops.length, 0);
  return { urls: new Set([...known, ...asked].map(({ url }) => url)).size, pairs: sure + likely };
}

async function everythingOf({ lists }: RetryDeps, item: RequestItem): Promise<NotGood> {
  const { req_id: reqId, pops } = item;
  const asked: AskedUrl[] = [];
  for await (const url of lists.read(LISTS.urls, reqId)) asked.push({ url });
  return { pops, known: [], asked };
}

async function pairsOf(deps: RetryDeps, item: RequestItem): Promise<NotGood> {
  const { req_id: reqId, pops } = item;
  const urls: GoodUrl[] = [];
  const rowOf = new Map<string, number>();
  for await (const url of deps.lists.read(LISTS.goodUrls, reqId)) {
    rowOf.set(formKey(url), urls.length);
    urls.push(url);
  }
  const masks = new PopMasks(urls.length, pops.length);
  const placeOf = new Map(pops.map((pop, place) => [pop, place]));
  for await (const task of deps.lists.read(LISTS.report, reqId)) {
    const [row, place] = [rowOf.get(formKey(task)), placeOf.get(task.pop)];
    if (row !== undefined && place !== undefined) masks.add(row, place);
  }
  await addUnresolved(deps, item, urls, masks);
  return inItsPops(pops, urls, masks, await unreadOf(deps, reqId));
}

/** POPs that did not resolve have no tasks: the report names each with an empty URL, so it has none of their pairs. */
async function addUnresolved(deps: RetryDeps, item: RequestItem, urls: readonly GoodUrl[], masks: PopMasks) {
  const unresolved = (await deps.requestPops.of(item.req_id)).filter(({ state }) => state === "FAILED");
  if (unresolved.length === 0) return;
  const placesOf = new Map<string, number[]>();
  for (const { pop, label } of unresolved) {
    const place = item.pops.indexOf(pop);
    if (place >= 0) placesOf.set(label, [...(placesOf.get(label) ?? []), place]);
  }
  for (const [row, { url, pops }] of urls.entries()) {
    const label = distributionOf(item.distributions, hostOf(url))?.label ?? "";
    for (const place of placesOf.get(label) ?? [])
      if (pops === undefined || isInMask(pops, place)) masks.add(row, place);
  }
}

/** URLs whose size could not be read, each with the variants in which it could not. */
async function unreadOf({ lists }: RetryDeps, reqId: string): Promise<AskedUrl[]> {
  const unread = new Map<string, readonly string[] | undefined>();
  for await (const { url, variant = "" } of lists.read(LISTS.failedUrls, reqId))
    unread.set(url, variant === "" ? undefined : [...(unread.get(url) ?? []), variant]);
  return [...unread].map(([url, variants]) => (variants === undefined ? { url } : { url, variants }));
}

/** With a URL that nobody knows yet, it is all POPs; else those that are in any mask. */
function inItsPops(
  all: readonly string[],
  urls: readonly GoodUrl[],
  masks: PopMasks,
  asked: readonly AskedUrl[],
): NotGood {
  const wanted = urls.flatMap((url, row) => (masks.countOf(row) > 0 ? [{ url, row }] : []));
  const isUsed = (place: number) => asked.length > 0 || wanted.some(({ row }) => masks.has(row, place));
  const used = all.flatMap((pop, place) => (isUsed(place) ? [{ pop, place }] : []));
  const places: (number | undefined)[] = all.map(() => undefined);
  for (const [to, { place }] of used.entries()) places[place] = to;
  const known = wanted.map(({ url: { pops: _, ...url }, row }): GoodUrl => {
    return masks.countOf(row) === used.length ? url : { ...url, pops: masks.maskOf(row, places) };
  });
  return { pops: used.map(({ pop }) => pop), known, asked };
}
