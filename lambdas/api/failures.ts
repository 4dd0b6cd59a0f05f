import type { Lists } from "../../aws/lists.ts";
import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { Failure } from "../../domain/api/failures-answer.ts";
import { wordsOf } from "../../domain/readiness/reasons.ts";
import { LISTS, type ReadableList } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type FailureGroup, mostFirst } from "../../domain/result/failure-group.ts";
import { inputFailureGroups } from "../../domain/result/input-failures.ts";
import { isMissing } from "../lost-list.ts";
import { unresolvedPops } from "../read-input-failures.ts";

export interface FailuresDeps {
  readonly lists: Pick<Lists, "read">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly progress: Pick<ProgressReader, "failures">;
}

/**
 * The failures of a request by reason, those of most tasks first, with the input failures: exact once its report stands, and as counted
 * so far before.
 */
export async function failuresOf(deps: FailuresDeps, item: RequestItem): Promise<Failure[]> {
  const exact = item.report === undefined ? undefined : await endedFailures(deps, item.req_id);
  return (exact ?? (await failuresSoFar(deps, item.req_id))).map(withWords);
}

/** It is asked for again and again, so it reads the groups of URLs that could not be read, and never these URLs. */
async function failuresSoFar(deps: FailuresDeps, reqId: string): Promise<FailureGroup[]> {
  const [ofTasks, ofUrls, targets] = await Promise.all([
    deps.progress.failures(reqId),
    // Before the sizes are asked, or if a release before asked them, there is no such list.
    groupsIn(deps.lists, LISTS.failedUrlGroups, reqId),
    deps.requestPops.of(reqId),
  ]);
  const ofPops = inputFailureGroups({ urls: [], pops: unresolvedPops(targets) });
  return mostFirst([...ofTasks, ...(ofUrls ?? []), ...ofPops]);
}

/** Those of a request that has ended; undefined for one that a release before has ended. */
export async function endedFailures(
  { lists }: Pick<FailuresDeps, "lists">,
  reqId: string,
): Promise<FailureGroup[] | undefined> {
  const groups = await groupsIn(lists, LISTS.failures, reqId);
  return groups === undefined ? undefined : mostFirst(groups);
}

/** undefined: there is no such list. */
async function groupsIn(
  lists: FailuresDeps["lists"],
  list: ReadableList<FailureGroup>,
  reqId: string,
): Promise<FailureGroup[] | undefined> {
  const groups: FailureGroup[] = [];
  try {
    for await (const group of lists.read(list, reqId)) groups.push(group);
    return groups;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** As an answer tells it. */
export function withWords({ examples, ...counts }: FailureGroup): Failure {
  return { ...counts, ...wordsOf(counts.code, "en"), examples };
}
