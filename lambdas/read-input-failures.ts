// For shutdown/recount.ts, which reports them, and api/failures.ts, which tells them while a request runs.
import type { Lists } from "../aws/lists.ts";
import type { RequestPopTable } from "../aws/request-pop-table.ts";
import { isMissing, LISTS } from "../domain/plan/lists.ts";
import type { CoveredUrls } from "../domain/readiness/coverage.ts";
import {
  type FailureGroup,
  InputFailureTally,
  type UnreadableUrl,
  type UnresolvedPop,
} from "../domain/result/failure-groups.ts";

/** The input failures of a request, as a recount keeps them. */
export interface CountedInputFailures {
  /** Without their problems, which are up to a gigabyte. */
  readonly urls: CoveredUrls["unreadable"];
  readonly groups: readonly FailureGroup[];
}

/** Reads the URLs that could not be read once, and keeps of each its name and variant. */
export async function countInputFailures(
  lists: Pick<Lists, "read">,
  reqId: string,
  pops: readonly UnresolvedPop[],
): Promise<CountedInputFailures> {
  const urls: { readonly url: string; readonly variant: string }[] = [];
  const tally = new InputFailureTally();
  // A URL stands in the list once for each variant, and is kept once.
  const known = new Map<string, string>();
  for await (const failed of unreadableUrls(lists, reqId)) {
    const url = known.get(failed.url) ?? failed.url;
    known.set(url, url);
    urls.push({ url, variant: failed.variant ?? "" });
    tally.addUrl({ ...failed, url });
  }
  for (const pop of pops) tally.addPop(pop);
  return { urls, groups: tally.groups() };
}

/** In a list of its own: a request that ended before its sizes were asked has none. */
export async function* unreadableUrls(lists: Pick<Lists, "read">, reqId: string): AsyncGenerator<UnreadableUrl> {
  try {
    yield* lists.read(LISTS.failedUrls, reqId);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

export function unresolvedPops(targets: Awaited<ReturnType<RequestPopTable["of"]>>): UnresolvedPop[] {
  return targets.filter(({ state }) => state === "FAILED");
}
