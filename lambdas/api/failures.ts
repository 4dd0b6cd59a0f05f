import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { Failure } from "../../domain/api/failures-answer.ts";
import { wordsOf } from "../../domain/readiness/reasons.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type FailureGroup, mostFirst } from "../../domain/result/failure-group.ts";
import { groupsWithoutTasks } from "../../domain/result/without-tasks.ts";
import { isMissing } from "../lost-list.ts";
import { type WithoutTasksDeps, withoutTasksOf } from "../without-tasks.ts";

export interface FailuresDeps extends WithoutTasksDeps {
  readonly progress: Pick<ProgressReader, "failures">;
}

/**
 * The failures of a request by reason, those of most tasks first, with what has no tasks: exact once its report stands, and as counted
 * so far before.
 */
export async function failuresOf(deps: FailuresDeps, item: RequestItem): Promise<Failure[]> {
  const exact = item.report === undefined ? undefined : await endedFailures(deps, item.req_id);
  return (exact ?? (await failuresSoFar(deps, item.req_id))).map(withWords);
}

async function failuresSoFar(deps: FailuresDeps, reqId: string): Promise<FailureGroup[]> {
  const [ofTasks, withoutTasks] = await Promise.all([deps.progress.failures(reqId), withoutTasksOf(deps, reqId)]);
  return mostFirst([...ofTasks, ...groupsWithoutTasks(withoutTasks)]);
}

/** Those of a request that has ended; undefined for one that a release before has ended. */
export async function endedFailures(
  { lists }: Pick<WithoutTasksDeps, "lists">,
  reqId: string,
): Promise<FailureGroup[] | undefined> {
  const groups: FailureGroup[] = [];
  try {
    for await (const group of lists.read(LISTS.failures, reqId)) groups.push(group);
    return mostFirst(groups);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** As an answer tells it. */
export function withWords({ examples, ...counts }: FailureGroup): Failure {
  return { ...counts, ...wordsOf(counts.code, "en"), examples };
}
