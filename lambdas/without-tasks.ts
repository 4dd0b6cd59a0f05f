// For shutdown/recount.ts, which reports them, and api/failures.ts, which tells them while a request runs.
import type { Lists } from "../aws/lists.ts";
import type { RequestPopTable } from "../aws/request-pop-table.ts";
import { type FailedUrl, LISTS } from "../domain/request/lists.ts";
import type { UnresolvedPop, WithoutTasks } from "../domain/result/without-tasks.ts";
import { isMissing } from "./lost-list.ts";

export interface WithoutTasksDeps {
  readonly lists: Pick<Lists, "read">;
  readonly requestPops: Pick<RequestPopTable, "of">;
}

/** The URLs of a request that could not be read, and its POPs that did not resolve. Before that is known there are none. */
export async function withoutTasksOf(
  deps: WithoutTasksDeps,
  reqId: string,
): Promise<WithoutTasks & { readonly urls: readonly FailedUrl[] }> {
  const [urls, targets] = await Promise.all([unreadableUrls(deps.lists, reqId), deps.requestPops.of(reqId)]);
  return { urls, pops: unresolvedPops(targets) };
}

/** In a list of its own: a request that ended before its sizes were asked has none. */
export async function unreadableUrls(lists: Pick<Lists, "read">, reqId: string): Promise<FailedUrl[]> {
  const urls: FailedUrl[] = [];
  try {
    for await (const url of lists.read(LISTS.failedUrls, reqId)) urls.push(url);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return urls;
}

export function unresolvedPops(targets: Awaited<ReturnType<RequestPopTable["of"]>>): UnresolvedPop[] {
  return targets.filter(({ state }) => state === "FAILED");
}
