import * as z from "zod";
import { isLostList, isMissing, LISTS, type ListStore, resultsKey } from "../plan/lists.ts";
import { Plan } from "../plan/plan.ts";
import type { TargetStore } from "../plan/target.ts";
import { type GoodUrl, unfinishedResult } from "../plan/task.ts";
import { TaskBitmap } from "../plan/task-bitmap.ts";
import type { TerminalStatus } from "../request/lifecycle.ts";
import type { RequestItem } from "../request/request-item.ts";
import { type Count, countSchema } from "../result/count.ts";
import type { Failure } from "../result/failure.ts";
import {
  type FailureGroup,
  InputFailureTally,
  inputFailureRows,
  type UnreadableUrl,
  type UnresolvedPop,
} from "../result/failure-groups.ts";
import { FailureTally, failureTallySchema } from "../result/failure-tally.ts";
import type { ReportedResult, ReportedTask } from "../result/report.ts";
import { type CoveredUrls, coverageOf } from "./coverage.ts";
import { ReportRows, ResultRows, type SegmentStore } from "./report-writer.ts";
import { type Coverage, readinessOf, verdictOf } from "./verdict.ts";

/** Between two groups of so many shards, a recount may stop. A request with no more of them is recounted in one run. */
const GROUP_SHARDS = 16;
const ROWS_PER_MS = 30;
/** A report that takes longer is not begun behind the other file, if the run may end before it. */
const SHORT_MS = 60_000;
/** How long a part of the file of all results takes to be passed on: 8 MB. */
const MS_PER_PART = 400;

export interface RecountDeps {
  readonly lists: ListStore;
  readonly requestPops: Pick<TargetStore, "of">;
  readonly results: {
    /** Every result of the shards `from` to `to` - 1, in no order. */
    of(reqId: string, from: number, to: number): AsyncIterable<ReportedResult>;
  };
  readonly checkpoints: {
    /** Undefined also for one that cannot be read. */
    read(reqId: string): Promise<RecountCheckpoint | undefined>;
    write(reqId: string, checkpoint: RecountCheckpoint): Promise<void>;
    delete(reqId: string): Promise<void>;
  };
  readonly resultFiles: SegmentStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Of one run of the function. */
export interface RecountRun {
  readonly timeIsUp: boolean;
  /** Milliseconds that the run may still take, without what it keeps back for its last writes. */
  readonly left: () => number;
  /** What the report says of tasks without a result, once all results are counted. */
  readonly whyMissing: (count: Count) => Failure;
  /** Rows of either file that are written in a millisecond at the least. @default 30, by a function with less than one processor */
  readonly rowsPerMs?: number;
}

/** What a recount has come to. */
export interface Recounted {
  readonly ledger: TaskBitmap;
  /** Of the results; tasks without one are not in it. */
  readonly failures: FailureTally;
  /** Where the objects are good. It looks at each task. */
  readonly survey: () => Coverage;
  /** Of what could not become a task. */
  readonly inputFailureGroups: readonly FailureGroup[];
  /** Key of the file of all results. */
  readonly results: string;
}

/**
 * Reads all results of a request once, counts them exactly and writes two files: the report, with a row a task that failed or
 * has no result, a URL that could not be read, and a POP that did not resolve; and one with a row a task. Its memory grows by two
 * bits for each task, and by the URLs. Those that could not be read are read twice: why they could not is not kept. The results of a
 * huge request are too many for one run: where that stops, a checkpoint is written, and the next recount of the request as it is now goes on from there.
 * @returns undefined: a checkpoint stands, the next run is to go on
 * @throws ListLostError
 */
export async function recount(deps: RecountDeps, item: RequestItem, run: RecountRun): Promise<Recounted | undefined> {
  const { req_id: reqId, shards } = item;
  const isPrepared = item.total_count > 0;
  const urls = isPrepared ? await readGoodUrls(deps, reqId) : [];
  const targets = await deps.requestPops.of(reqId);
  const unresolved = targets.filter(({ state }) => state === "FAILED");
  const { urls: unreadable, groups: inputFailureGroups } = await countInputFailures(deps, reqId, unresolved);
  const plan = new Plan(item, targets);
  const ledger = new TaskBitmap(plan, urls);
  const failures = new FailureTally(urls, plan.chosen);
  const state = recountState(item, run.timeIsUp);
  const before = await resume(deps, item, ledger, failures, state);
  const rows = new ReportRows(deps.lists, reqId, [...before.parts]);
  const sourced = withSource(item, urls);
  const all = new ResultRows(deps.resultFiles, reqId, [...before.results]);

  const pausedAt = async (read: number, resultsDone: boolean) => {
    await rows.setAside();
    if (!resultsDone) await all.setAside();
    const kept = { parts: rows.parts, results: all.parts, results_done: resultsDone, failures: failures.saved() };
    await deps.checkpoints.write(reqId, { state, at: deps.now(), shards: read, ...kept, ...ledger.saved() });
    return undefined;
  };
  const reportMs = () => msForReport(ledger, unreadable.length, run);
  const hasTime = (ms: number) => !isHuge(item) || run.left() >= ms;
  for (let read = before.shards; read < shards; ) {
    const next = Math.min(shards, read + GROUP_SHARDS);
    await enterAll(deps.results.of(reqId, read, next), ledger, failures, { rows, all, sourced });
    read = next;
    // Each run reads something, so that there is an end to it.
    const filesMs = read < shards ? 0 : msForResults(ledger, all.parts, run) + reportMs();
    if (!hasTime(filesMs)) return pausedAt(read, false);
  }
  const why = run.whyMissing(ledger.count());
  const missing = () => missingRows(item, ledger, why, sourced);
  if (!before.results_done) {
    await all.writeFile(missing());
    // Of a request that is stopped early, each file may take most of a run.
    if (reportMs() > SHORT_MS && !hasTime(reportMs())) return pausedAt(shards, true);
  }
  await rows.writeReport(missing(), inputFailureRows(unreadableUrls(deps, reqId), unresolved));
  const surveyed = { good: urls, unreadable, variants: item.variant_names };
  const survey = () => coverageOf(plan, ledger, surveyed);
  return { ledger, failures, inputFailureGroups, results: resultsKey(reqId), survey };
}

/** How long the file of all results takes to be written, at the most. */
function msForResults(
  { missingCount }: TaskBitmap,
  parts: readonly string[],
  { rowsPerMs = ROWS_PER_MS }: RecountRun,
): number {
  return missingCount / rowsPerMs + parts.length * MS_PER_PART;
}

/** How long the report takes. @param unreadable how many URLs could not be read: their rows are read, and then written */
function msForReport(ledger: TaskBitmap, unreadable: number, { rowsPerMs = ROWS_PER_MS }: RecountRun): number {
  return (ledger.missingCount + ledger.count().failed_count + 2 * unreadable) / rowsPerMs;
}

/** What was counted has led to something: the next recount begins anew, for results may have come since. */
export async function forgetRecount(deps: Pick<RecountDeps, "checkpoints">, item: RequestItem): Promise<void> {
  if (isHuge(item)) await deps.checkpoints.delete(item.req_id);
}

function isHuge({ shards }: Pick<RequestItem, "shards">): boolean {
  return shards > GROUP_SHARDS;
}

/** Where the recount begins: at the first shard, or where the run before stopped. */
async function resume(
  deps: RecountDeps,
  item: RequestItem,
  ledger: TaskBitmap,
  failures: FailureTally,
  state: string,
): Promise<Pick<RecountCheckpoint, "shards" | "parts" | "results" | "results_done">> {
  const anew = { shards: 0, parts: [], results: [], results_done: false };
  const checkpoint = isHuge(item) ? await deps.checkpoints.read(item.req_id) : undefined;
  if (checkpoint === undefined) return anew;
  if (checkpoint.state !== state || deps.now() - checkpoint.at > VALID_MS) return anew;
  ledger.restore(checkpoint);
  failures.restore(checkpoint.failures);
  return checkpoint;
}

/** What a result is written to. */
interface Files {
  readonly rows: ReportRows;
  readonly all: ResultRows;
  readonly sourced: (row: ReportedResult) => ReportedTask;
}

async function enterAll(
  results: AsyncIterable<ReportedResult>,
  ledger: TaskBitmap,
  failures: FailureTally,
  { rows, all, sourced }: Files,
): Promise<void> {
  for await (const result of results) {
    if (!ledger.enter(result)) continue;
    const row = sourced(result);
    if (all.add(row)) await all.compress();
    if (result.ok) continue;
    failures.add(result);
    if (rows.add(row)) await rows.setAside();
  }
}

function* missingRows(
  item: RequestItem,
  ledger: TaskBitmap,
  failure: Failure,
  sourced: (row: ReportedResult) => ReportedTask,
): Generator<ReportedTask> {
  for (const { target, url } of ledger.missing())
    yield sourced(unfinishedResult(item, { ...url, pop: target.pop }, failure));
}

/** What the item of a request has besides, once it has ended and was recounted. */
export type Ending = Pick<RequestItem, "report" | "results" | "verdict" | "readiness"> & Count;

/**
 * Writes the failures by reason, and says what the item is to say of them.
 * @param count of the tasks: the recount's, and what was given up
 */
export async function endingOf(
  deps: RecountDeps,
  { req_id: reqId }: Pick<RequestItem, "req_id">,
  status: TerminalStatus,
  { failures, survey, results, inputFailureGroups }: Recounted,
  count: Count,
): Promise<Ending> {
  const groups = failures.groups();
  await deps.lists.write(LISTS.failures, reqId, [...groups, ...inputFailureGroups]);
  const readiness = readinessOf(survey(), groups.length);
  const verdict = verdictOf(status, readiness, count);
  return { ...count, report: LISTS.report.key(reqId), results, verdict, readiness };
}

/** The list of a request's good URLs is gone or damaged. No later try reads it. */
export class ListLostError extends Error {
  override readonly name = "ListLostError";
}

/** @throws ListLostError; what S3 throws when it cannot be asked now */
async function readGoodUrls({ lists }: RecountDeps, reqId: string): Promise<GoodUrl[]> {
  const urls: GoodUrl[] = [];
  try {
    for await (const url of lists.read(LISTS.goodUrls, reqId)) urls.push(url);
    return urls;
  } catch (error) {
    if (!isLostList(error)) throw error;
    throw new ListLostError(`the list of its good URLs cannot be read: ${error.message}`, { cause: error });
  }
}

/** Reads the URLs that could not be read once, and keeps of each its name and variant: their problems are up to a gigabyte. */
async function countInputFailures(
  deps: RecountDeps,
  reqId: string,
  pops: readonly UnresolvedPop[],
): Promise<{ readonly urls: CoveredUrls["unreadable"]; readonly groups: readonly FailureGroup[] }> {
  const urls: { readonly url: string; readonly variant: string }[] = [];
  const tally = new InputFailureTally();
  // A URL stands in the list once for each variant, and is kept once.
  const known = new Map<string, string>();
  for await (const failed of unreadableUrls(deps, reqId)) {
    const url = known.get(failed.url) ?? failed.url;
    known.set(url, url);
    urls.push({ url, variant: failed.variant ?? "" });
    tally.addUrl({ ...failed, url });
  }
  for (const pop of pops) tally.addPop(pop);
  return { urls, groups: tally.groups() };
}

/** In a list of its own: a request that ended before its sizes were asked has none. */
async function* unreadableUrls({ lists }: RecountDeps, reqId: string): AsyncGenerator<UnreadableUrl> {
  try {
    yield* lists.read(LISTS.failedUrls, reqId);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Adds to a result which source named its URL: `2 https://www.example.com/sitemap.xml`. One whose URL is of the caller's own
 * list stays as it is.
 */
function withSource(
  { sources_read: sources = [] }: Pick<RequestItem, "sources_read">,
  urls: readonly GoodUrl[],
): (row: ReportedResult) => ReportedTask {
  const numbers = new Map(urls.flatMap(({ url, source }) => (source === undefined ? [] : [[url, source]])));
  if (numbers.size === 0) return (row) => row;
  return (row) => {
    const number = numbers.get(row.url);
    return number === undefined ? row : { ...row, source: `${number} ${sources[number - 1]?.from ?? ""}`.trimEnd() };
  };
}

/** A checkpoint that was written longer ago is not gone on from: much may have come of the shards that it has read. */
const VALID_MS = 3_600_000;

/** Where a recount stopped when the time of its run was over. */
export const recountCheckpointSchema = z.object({
  /** What the request was like: {@link recountState}. */
  state: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Shards that are read, from the first one on. */
  shards: z.number().int().nonnegative(),
  count: countSchema,
  /** Failures so far, by reason. */
  failures: failureTallySchema,
  /** The ledger's bits in Base64: tasks that have a result. */
  bits: z.base64(),
  /** The same of those that are good. */
  good: z.base64(),
  /** Keys of the objects with the report's rows so far, in order. */
  parts: z.array(z.string()),
  /** The same of the file of all results. */
  results: z.array(z.string()),
  /** Whether that file stands whole, and only the report is to be written. */
  results_done: z.boolean(),
});
export type RecountCheckpoint = z.infer<typeof recountCheckpointSchema>;

/** Where it is kept. */
export const RECOUNT_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/recount/checkpoint.json.gz`,
  schema: recountCheckpointSchema,
};

/** What a request must be like for its recount to go on where it stopped: another one begins anew. */
export function recountState(
  item: { readonly status: string; readonly total_count: number; readonly shards: number; readonly requeues: number },
  timeIsUp: boolean,
): string {
  const { status, total_count: total, shards, requeues } = item;
  return [status, total, shards, requeues, timeIsUp ? "time is up" : "in time"].join("/");
}
