import type { Lists } from "../../aws/lists.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { formKey, type GoodUrl } from "../../domain/plan/task.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type AskedUrl, type NotGoodDeps, notGoodOf, RetryLostError } from "../not-good.ts";

export interface WorkDeps extends NotGoodDeps {
  readonly lists: Pick<Lists, "read" | "write">;
}

/** What a request is to warm, and whose sizes are to be asked for that. */
export interface Work {
  /** URLs whose size is known already. */
  readonly known: readonly GoodUrl[];
  readonly asked: readonly AskedUrl[];
  /** What the request's item says of it from now on. */
  readonly fields: Partial<Pick<RequestItem, "pops" | "url_count">>;
}

/**
 * All URLs of the request's list; of a retry, what is not good in the request before it. Its own list is written then, too.
 * @throws RetryLostError
 */
export async function workOf(deps: WorkDeps, item: RequestItem): Promise<Work> {
  return item.retry_of === undefined ? listed(deps, item) : again(deps, item, item.retry_of);
}

async function listed({ lists }: WorkDeps, { req_id: reqId }: RequestItem): Promise<Work> {
  // Read whole before the first question: S3 closes an answer that nobody reads for long.
  const asked: AskedUrl[] = [];
  for await (const found of lists.read(LISTS.foundUrls, reqId)) asked.push(found);
  return { known: [], asked, fields: {} };
}

async function again(deps: WorkDeps, { req_id: reqId }: RequestItem, before: string): Promise<Work> {
  const ended = await deps.requests.get(before);
  if (ended === undefined) throw new RetryLostError(before, "it is gone");
  const { pops, known: withSources, asked } = await notGoodOf(deps, ended);
  // The sources are the other request's.
  const known = withSources.map(({ source: _, ...good }) => good);
  const urls = new Set([...known, ...asked].map(({ url }) => url));
  await deps.lists.write(LISTS.urls, reqId, urls);
  return { known, asked, fields: { pops: [...pops], url_count: urls.size } };
}

/** Names of the variants in which a URL is asked, in the request's order; `undefined` alone: it has none. */
export function namesFor(
  { variants }: AskedUrl,
  all: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  return variants === undefined ? all : all.filter((name) => name !== undefined && variants.includes(name));
}

/**
 * The list of good URLs: what is known, and what has turned out to be good. The variants of a URL stand together in their
 * order: one may be known, and another be asked.
 */
export function inOrder(
  known: readonly GoodUrl[],
  good: readonly GoodUrl[],
  names: readonly (string | undefined)[],
): readonly GoodUrl[] {
  if (known.length === 0) return good;
  const forms = new Map([...known, ...good].map((form) => [formKey(form), form]));
  const urls = new Set([...known, ...good].map(({ url }) => url));
  return [...urls].flatMap((url) =>
    names.flatMap((variant) => {
      const form = forms.get(formKey({ url, variant }));
      return form === undefined ? [] : [form];
    }),
  );
}
