import * as z from "zod";
import { toArray } from "../collections.ts";
import { originShieldsOf } from "../distribution/stored-settings.ts";
import { isLostList, isMissing, LISTS, type RequestFiles } from "../plan/lists.ts";
import { Plan } from "../plan/plan.ts";
import { RecEvidence, recEvidenceSchema } from "../plan/rec-evidence.ts";
import type { TargetStore } from "../plan/target.ts";
import { type GoodUrl, type UrlVariant, unfinishedResult } from "../plan/task.ts";
import { TaskBitmap } from "../plan/task-bitmap.ts";
import type { TerminalStatus } from "../request/lifecycle.ts";
import type { RequestItem } from "../request/request-item.ts";
import { type Count, countSchema } from "../result/count.ts";
import { errorText, type Failure } from "../result/failure.ts";
import { commonestOf, FailureTally, failureTallySchema } from "../result/failure-tally.ts";
import type { Scoped } from "../result/outcome.ts";
import type { ReportedResult, ReportRow } from "../result/report.ts";
import { coverageOf } from "./coverage.ts";
import { regionalFactsOf } from "./regional-coverage.ts";
import { REPORT_FILE, RESULTS_FILE, SegmentedFile } from "./report-writer.ts";
import { type Coverage, readinessOf, verdictOf } from "./verdict.ts";

/** Between two groups of so many shards, a recount may stop. A request with no more of them is recounted in one run. */
const GROUP_SHARDS = 16;
/** How long a segment of a file takes to be passed on: 8 MB. The rows of all URLs that could not be read take two seconds at most. */
const MS_PER_SEGMENT = 400;

interface RecountDeps {
  readonly lists: RequestFiles;
  readonly requestPops: Pick<TargetStore, "targets">;
  readonly results: {
    /** Every result of the shards `from` to `to` - 1, in no order. */
    of(reqId: string, from: number, to: number): AsyncIterable<ReportedResult>;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Of one run of the function. */
interface RecountRun {
  readonly timeIsUp: boolean;
  /** Milliseconds that the run may still take, less the time that the function reserves to write its state. */
  readonly remainingMs: () => number;
  /** The failure of tasks without a result, once all results are counted. */
  readonly whyMissing: (count: Count) => Failure;
}

/** What a recount has come to. */
export interface Recounted {
  readonly taskBitmap: TaskBitmap;
  /** Of the results, and of what could not become a task. Tasks without a result are not in it. */
  readonly failures: FailureTally;
  /** Where the objects are good. It looks at each task. */
  readonly coverage: () => Coverage;
  readonly plan: Plan;
  readonly urls: readonly GoodUrl[];
  /** Of the scope `regional`. */
  readonly recEvidence: RecEvidence;
}

/**
 * Reads all results of a request once, counts them exactly and writes two files: the report, with a row a task that failed or
 * has no result, a URL that could not be read, and a POP that did not resolve; and one with a row a task. Its memory grows by three
 * bits for each task, and by the URLs. Those that could not be read are read twice: why they could not is not kept. The rows of a
 * huge request are too many for one run: where that stops, a checkpoint is written, and the next recount of the request in the same state continues there.
 * @returns undefined: a checkpoint was written, and the next run continues
 * @throws ListLostError
 */
export async function recount(deps: RecountDeps, item: RequestItem, run: RecountRun): Promise<Recounted | undefined> {
  const { req_id: reqId, shards } = item;
  const urls = item.total_count > 0 ? await readGoodUrls(deps, reqId) : [];
  const targets = await deps.requestPops.targets(reqId);
  const unresolved = targets.filter(({ state }) => state === "FAILED");
  const plan = new Plan(item, targets);
  const taskBitmap = new TaskBitmap(plan, urls);
  const recEvidence = new RecEvidence(plan, urls);
  const failures = new FailureTally(urls, plan.allTargets);
  const unreadable = await readUnreadable(deps, reqId, failures);
  for (const pop of unresolved) failures.add(pop);
  const state = recountState(item, run.timeIsUp);
  const before = await checkpointOf(deps, item, state);
  if (before !== undefined) {
    taskBitmap.restore(before);
    recEvidence.restore(before.recs);
    failures.restore(before.failures);
  }
  const report = new SegmentedFile(deps.lists, REPORT_FILE, reqId, [...(before?.parts ?? [])]);
  const results = new SegmentedFile(deps.lists, RESULTS_FILE, reqId, [...(before?.results ?? [])]);
  const sourced = withSource(item, urls);
  const write = async (result: ReportedResult) => {
    const row = sourced(result);
    await results.add(row);
    if (!row.ok) await report.add(row);
  };
  const isOutOfTime = (neededMs = 0) => isHuge(item) && run.remainingMs() < neededMs;
  const stopAtCheckpoint = async (position: { readonly shards: number; readonly unfinished: number }) => {
    await report.setAside();
    await results.setAside();
    const segments = { parts: report.segments, results: results.segments };
    const counted = { ...taskBitmap.saved(), recs: recEvidence.saved(), failures: failures.saved() };
    const checkpoint = { state, at: deps.now(), ...position, ...segments, ...counted };
    await deps.lists.writeCheckpoint(RECOUNT_CHECKPOINT, reqId, checkpoint);
    return undefined;
  };

  for (let read = before?.shards ?? 0; read < shards; ) {
    const next = Math.min(shards, read + GROUP_SHARDS);
    for await (const result of deps.results.of(reqId, read, next)) {
      if (!taskBitmap.addResult(result)) continue;
      recEvidence.addResult(result);
      if (!result.ok) failures.add(result);
      await write(result);
    }
    read = next;
    if (isOutOfTime()) return stopAtCheckpoint({ shards: read, unfinished: 0 });
  }
  const why = run.whyMissing(taskBitmap.count());
  let unfinished = 0;
  for (const { target, url } of taskBitmap.missing()) {
    unfinished++;
    if (unfinished <= (before?.unfinished ?? 0)) continue;
    await write(unfinishedResult(item, { ...url, pop: target.pop }, why));
    if (isOutOfTime()) return stopAtCheckpoint({ shards, unfinished });
  }
  // A run that only has to finish the files skips this check: by this estimate, its time may never be enough.
  const hasWritten = before?.shards !== shards || before.unfinished !== unfinished;
  const finishMs = (report.segments.length + results.segments.length) * MS_PER_SEGMENT;
  if (hasWritten && isOutOfTime(finishMs)) return stopAtCheckpoint({ shards, unfinished });
  await results.finish();
  // One row a URL, with an empty POP, and one a POP, with an empty URL. A row for each URL at each POP would be 36,000,000 rows.
  for await (const failed of unreadableUrls(deps, reqId)) await report.add({ ...NO_ATTEMPT, pop: "", ...failed });
  for (const { pop, error, reason } of unresolved) await report.add({ ...NO_ATTEMPT, pop, url: "", error, reason });
  await report.finish();
  const evidence = plan.isRegional ? recEvidence : undefined;
  const covered = { good: urls, unreadable, variants: item.variant_names, recEvidence: evidence };
  const coverage = () => coverageOf(plan, taskBitmap, covered);
  return { taskBitmap, failures, coverage, plan, urls, recEvidence };
}

/** Deletes the checkpoint of a recount that was acted on: results may have come since, so the next one starts again. */
export async function deleteCheckpoint(deps: RecountDeps, item: RequestItem): Promise<void> {
  if (isHuge(item)) await deps.lists.delete(RECOUNT_CHECKPOINT, item.req_id);
}

function isHuge({ shards }: RequestItem): boolean {
  return shards > GROUP_SHARDS;
}

/** Where the run before stopped; undefined: the recount begins at the first shard. */
async function checkpointOf(
  deps: RecountDeps,
  item: RequestItem,
  state: string,
): Promise<RecountCheckpoint | undefined> {
  const checkpoint = isHuge(item) ? await deps.lists.readCheckpoint(RECOUNT_CHECKPOINT, item.req_id) : undefined;
  if (checkpoint === undefined || checkpoint.state !== state) return undefined;
  return deps.now() - checkpoint.at > CHECKPOINT_MAX_AGE_MS ? undefined : checkpoint;
}

/** What the item of a request has besides, once it has ended and was recounted. */
export type FinalFields = Pick<RequestItem, "report" | "results" | "verdict" | "readiness" | "pop_coverage"> & Count;

/**
 * Writes the failures by reason, and returns what the item gets with the end of its request.
 * @param count of the tasks: the recount's, and what was given up
 */
export async function finalizeRecount(
  deps: RecountDeps,
  item: RequestItem & Scoped,
  status: TerminalStatus,
  recounted: Recounted,
  count: Count,
): Promise<FinalFields> {
  const { req_id: reqId, distribution_settings: settings } = item;
  const { taskBitmap, failures, coverage } = recounted;
  const groups = failures.groups();
  await deps.lists.write(LISTS.failures, reqId, groups);
  const isRegional = item.scope === "regional";
  const regional = isRegional ? 0 : count.regional_count;
  const lacking = isRegional ? count.warm_count + count.hit_count : regional;
  // The report has failures alone, and a retry takes these up, too.
  if (lacking > 0) await deps.lists.write(LISTS.regionalUrls, reqId, taskBitmap.regionalUrls());
  const reasons = groups.filter(({ subject }) => subject === "task").length;
  const facts = isRegional ? regionalFactsOf(item, recounted) : undefined;
  const counted = { reasons, regional, noTier: count.no_tier_count, regionalFacts: facts?.readiness };
  const judged = readinessOf(coverage(), counted);
  const shields = originShieldsOf(settings);
  const readiness = shields.length === 0 ? judged : { ...judged, origin_shield: shields };
  const verdict = verdictOf(status, readiness, count);
  const [report, results] = [REPORT_FILE.key(reqId), RESULTS_FILE.key(reqId)];
  return { ...count, report, results, verdict, readiness, pop_coverage: facts?.pop_coverage };
}

/** Counts tasks without a result as failed: it is given up to get one. @param failure why */
export function withLost({ taskBitmap, failures }: Recounted, failure: Failure): Count {
  const [reason, error] = [failure.reason, errorText(failure)];
  for (const { target, url } of taskBitmap.missing()) failures.add({ ...url, pop: target.pop, reason, error });
  const [counted, lost] = [taskBitmap.count(), taskBitmap.missingCount];
  const { download_count, failed_count } = counted;
  return { ...counted, download_count: download_count + lost, failed_count: failed_count + lost };
}

/** Why a request ended of which more tasks have failed than it allows. */
export function tooManyFailed(
  { max_failures: allowed }: Pick<RequestItem, "max_failures">,
  { failed_count: failed }: Count,
  { failures }: Recounted,
): string {
  const commonest = commonestOf(failures.groups());
  const mostly = commonest === undefined ? "" : `. Most frequent reason: ${commonest}`;
  return `max_failures: ${failed} tasks failed; the request allows ${allowed}${mostly}`;
}

/** The list of a request's good URLs is gone or damaged. No later try reads it. */
export class ListLostError extends Error {
  override readonly name = "ListLostError";
}

/** @throws ListLostError; what S3 throws when it cannot be asked now */
async function readGoodUrls({ lists }: RecountDeps, reqId: string): Promise<GoodUrl[]> {
  try {
    return await toArray(lists.read(LISTS.goodUrls, reqId));
  } catch (error) {
    if (!isLostList(error)) throw error;
    throw new ListLostError(`the list of its good URLs cannot be read: ${error.message}`, { cause: error });
  }
}

/** Tallies the URLs that could not be read, and keeps of each its name and variant: their errors are up to a gigabyte. */
async function readUnreadable(deps: RecountDeps, reqId: string, failures: FailureTally): Promise<UrlVariant[]> {
  const variants: UrlVariant[] = [];
  // The list has a URL once for each variant. Its text is kept once.
  const known = new Map<string, string>();
  for await (const failed of unreadableUrls(deps, reqId)) {
    const url = known.get(failed.url) ?? failed.url;
    known.set(url, url);
    variants.push({ url, variant: failed.variant });
    failures.add({ ...failed, url });
  }
  return variants;
}

/** In a list of its own: a request that ended before its sizes were asked has none. */
async function* unreadableUrls({ lists }: RecountDeps, reqId: string) {
  try {
    for await (const { problem, ...failed } of lists.read(LISTS.failedUrls, reqId)) yield { ...failed, error: problem };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** What is not a task has no attempt, and counts in none of the counts of tasks. */
const NO_ATTEMPT = { ok: false, bytes: 0, attempts: 0 };

/**
 * Adds to a result which source named its URL: `2 https://www.example.com/sitemap.xml`. One whose URL is of the caller's own
 * list stays as it is.
 */
function withSource(
  { sources_read: sources = [] }: RequestItem,
  urls: readonly GoodUrl[],
): (row: ReportedResult) => ReportRow {
  const numbers = new Map(urls.flatMap(({ url, source }) => (source === undefined ? [] : [[url, source]])));
  if (numbers.size === 0) return (row) => row;
  return (row) => {
    const number = numbers.get(row.url);
    return number === undefined ? row : { ...row, source: `${number} ${sources[number - 1]?.from ?? ""}`.trimEnd() };
  };
}

/** An older checkpoint is not used: many results may have come in the shards that it has read. */
const CHECKPOINT_MAX_AGE_MS = 3_600_000;

/** Where a recount stopped when the time of its run was over. */
export const recountCheckpointSchema = z.object({
  /** What the request was like: {@link recountState}. */
  state: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Shards that are read, from the first one on. */
  shards: z.number().int().nonnegative(),
  /** Tasks without a result of which the rows are written, in the order of the plan. */
  unfinished: z.number().int().nonnegative(),
  count: countSchema,
  /** Failures so far, by reason. */
  failures: failureTallySchema,
  /** Bits of the TaskBitmap: tasks that have a result. */
  bits: z.hex(),
  /** The same of those that are good. */
  good: z.hex(),
  /** The same of those that only the REC is shown to keep. */
  regional: z.hex(),
  /** Of the scope `regional`. */
  recs: recEvidenceSchema,
  /** Keys of the objects with the report's rows so far, in order. */
  parts: z.array(z.string()),
  /** The same of the file of all results. */
  results: z.array(z.string()),
});
type RecountCheckpoint = z.infer<typeof recountCheckpointSchema>;

/** Where it is kept. */
export const RECOUNT_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/recount/checkpoint.json.gz`,
  schema: recountCheckpointSchema,
};

/**
 * A checkpoint is used only while this is equal: a recount of a request in another state starts again. So does the recount
 * of a version that writes the bits in another encoding: before an update and after it, a checkpoint has the same key.
 */
export function recountState({ status, total_count: total, shards, requeues }: RequestItem, timeIsUp: boolean): string {
  return [status, total, shards, requeues, timeIsUp ? "time is up" : "in time", "hex"].join("/");
}
