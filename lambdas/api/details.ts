import type { Lists } from "../../aws/lists.ts";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { Failure, PopProgress, PopState, PopUrls, SampleRow } from "../../domain/api/detail-answers.ts";
import { boundedCount, countOf, outcomesWithin, within } from "../../domain/api/progress-view.ts";
import { LISTS, type ReadableList } from "../../domain/plan/lists.ts";
import { Plan } from "../../domain/plan/plan.ts";
import type { Target } from "../../domain/plan/target.ts";
import { type GoodUrl, sortKeyOf } from "../../domain/plan/task.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { wordsOf } from "../../domain/readiness/reasons.ts";
import type { Patience } from "../../domain/request/lifecycle.ts";
import type { Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type Sample, samplesOf } from "../../domain/request/samples.ts";
import { type Count, NO_COUNT } from "../../domain/result/count.ts";
import { errorText, lostFailure } from "../../domain/result/failure.ts";
import { type FailureGroup, inputFailureGroups, mostFirst } from "../../domain/result/failure-groups.ts";
import { PopStrip } from "../../domain/result/heat-strip.ts";
import { formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import { abbreviate, RefusedError } from "../../domain/validation/refused-error.ts";
import { isLostList, isMissing } from "../not-good.ts";
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

export interface PopRowsDeps {
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly progress: Pick<ProgressReader, "pops">;
}

/** A row a POP, in the order of the request. Its counts are those of progress: a recount does not correct them. */
export async function popRows(deps: PopRowsDeps, item: RequestItem): Promise<PopProgress[]> {
  const [targets, counts] = await Promise.all([
    deps.requestPops.of(item.req_id),
    deps.progress.pops(item.req_id, item.pops),
  ]);
  const targetsOf = byPop(targets);
  return item.pops.map((pop) => popRow(item, pop, targetsOf.get(pop) ?? [], counts.get(pop) ?? NO_COUNT));
}

function byPop(targets: readonly Target[]): Map<string, Target[]> {
  const groups = new Map<string, Target[]>();
  for (const target of targets) groups.set(target.pop, [...(groups.get(target.pop) ?? []), target]);
  return groups;
}

function popRow(item: RequestItem, pop: string, targets: readonly Target[], counted: Count): PopProgress {
  const total = tasksOf(item, targets);
  const downloadCount = within(0, counted.download_count, total);
  const failed = within(0, counted.failed_count, downloadCount);
  const seen = outcomesWithin(counted, downloadCount, failed);
  return {
    pop,
    rec: recOf(pop) ?? null,
    state: stateOf(item, targets, total, downloadCount),
    total_count: total,
    download_count: downloadCount,
    failed_count: failed,
    warm_count: seen.warm_count,
    hit_count: seen.hit_count,
    not_kept_count: seen.not_kept_count,
    rec_miss_count: seen.rec_miss_count,
    download_size: Math.max(0, counted.download_size),
  };
}

function tasksOf({ tasks_per_target }: RequestItem, targets: readonly Target[]): number {
  const resolved = targets.filter(({ state }) => state !== "FAILED");
  return resolved.reduce((sum, { label, own_tasks = 0 }) => sum + (tasks_per_target[label] ?? 0) + own_tasks, 0);
}

function stateOf(item: RequestItem, targets: readonly Target[], total: number, done: number): PopState {
  if (targets.length > 0 && targets.every(({ state }) => state === "FAILED")) return "NOT_RESOLVED";
  if (item.status === "FINISHED" || (total > 0 && done === total)) return "DONE";
  if (item.active === undefined) return "UNFINISHED";
  return done === 0 ? "WAITING" : "IN_PROGRESS";
}

/** So many are read well within the 29 s that API Gateway waits: docs/console.md says what was measured. */
export const MAX_STRIP_TASKS = 200_000;

/**
 * Most bytes of results that a call reads, as they are billed: 8,000 read request units, a tenth of a cent. Without it, 60,000
 * results with the longest errors are 143 MB.
 */
const MAX_READ_BYTES = 64_000_000;

export interface PopUrlsDeps {
  readonly lists: Pick<Lists, "read">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly results: Pick<RequestTaskTable, "ofPop">;
}

/**
 * How the tasks of one POP of a request ended.
 * @throws RefusedError 400 for a POP that is none of the request's, or has too many tasks or too large results; 409 before the request has ended, and
 * where its list of URLs is gone
 */
export async function popUrls(deps: PopUrlsDeps, item: RequestItem, pop: string): Promise<PopUrls> {
  if (pop === "") throw new RefusedError(400, "pop: is required with detail=urls: a POP of the request");
  if (!item.pops.includes(pop)) throw new RefusedError(400, `pop: the request has no POP '${abbreviate(pop)}'`);
  if (item.active !== undefined)
    throw new RefusedError(409, `The request is ${item.status}; the URLs of a POP can be read once it has ended`);
  const tasks = item.total_count === 0 ? [] : await tasksAt(deps, item, pop).catch(refuseLost);
  const places = new Map(tasks.map(({ url, variant }, place) => [sortKeyOf({ pop, url, variant }), place]));
  const strip = new PopStrip(tasks);
  let bytes = 0;
  if (tasks.length > 0)
    for await (const result of deps.results.ofPop(item.req_id, pop, item.shards, (read) => (bytes += read))) {
      if (bytes > MAX_READ_BYTES)
        throw tooMuchToRead(`the results of ${pop} have more than ${MAX_READ_BYTES / 1e6} MB`);
      const place = places.get(result.pop_url);
      if (place !== undefined) strip.enter(place, result);
    }
  if (item.status === "FINISHED") strip.enterMissing(lost(item));
  const { failures, more } = strip.named();
  return { pop, total_count: tasks.length, buckets: strip.buckets(), failures, failures_omitted: more };
}

/** The URLs that the POP was to warm, in the order of the list. */
async function tasksAt({ lists, requestPops }: PopUrlsDeps, item: RequestItem, pop: string): Promise<GoodUrl[]> {
  const plan = new Plan(item.distributions, await requestPops.of(item.req_id), item.order, item.pops);
  const tasks: GoodUrl[] = [];
  for await (const url of lists.read(LISTS.goodUrls, item.req_id)) {
    if (plan.tasksOf(url)?.numberOf({ pop }) === undefined) continue;
    tasks.push(url);
    if (tasks.length > MAX_STRIP_TASKS) throw tooMuchToRead(`${pop} has more than ${MAX_STRIP_TASKS} tasks`);
  }
  return tasks;
}

function tooMuchToRead(why: string): RefusedError {
  return new RefusedError(400, `pop: ${why}; the file of all results (results_url of GET /summary) has them`);
}

/** The bucket may forget the list a day or two before the table forgets the request. */
function refuseLost(error: unknown): never {
  if (isLostList(error)) throw new RefusedError(409, "The list of the request's URLs is gone");
  throw error;
}

/** A request that has finished has counted what never got a result as failed. */
function lost({ requeues }: RequestItem) {
  const failure = lostFailure(requeues + 1);
  return { ok: false, outcome: "failed", reason: failure.reason, error: errorText(failure) } as const;
}

export interface SamplesDeps {
  readonly progress: Pick<ProgressReader, "minutes" | "beats">;
  readonly patience: Pick<Patience, "beatMs">;
}

/** An agent notes a minute with its first beat after it. This many beats later, none that is alive is behind. */
const BEATS = 3;

/** How a request stood as each minute began, and how it stands now or stood when it ended. */
export async function samplesFor(
  { progress, patience }: SamplesDeps,
  item: RequestItem,
  live: Progress,
  now: Date,
): Promise<SampleRow[]> {
  const minutes = await progress.minutes(item.req_id);
  // Of one that has just ended, the last bytes are not noted yet. Its beats were not read.
  const beats = item.active === undefined ? await progress.beats(item.req_id) : live.beats;
  const span = {
    from: parseTimestamp(item.created_at).getTime(),
    to: (item.active === undefined ? parseTimestamp(item.last_update_time) : now).getTime(),
    settled: now.getTime() - BEATS * patience.beatMs,
  };
  const unnoted = beats.reduce((sum, { received = 0 }) => sum + received, 0);
  return samplesOf(minutes, span, countOf(item, live), unnoted).map((sample) => rowOf(sample, item));
}

function rowOf({ at, received, count }: Sample, item: RequestItem): SampleRow {
  const bounded = boundedCount(count, item.total_count);
  return {
    at: formatTimestamp(new Date(at)),
    received_size: Math.round(received),
    download_count: bounded.download_count,
    download_size: bounded.download_size,
    failed_count: bounded.failed_count,
    warm_count: bounded.warm_count,
    hit_count: bounded.hit_count,
    not_kept_count: bounded.not_kept_count,
  };
}
