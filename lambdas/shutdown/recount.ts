import type { Checkpoints } from "../../aws/checkpoints.ts";
import type { Lists } from "../../aws/lists.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import { Ledger } from "../../domain/plan/ledger.ts";
import { Plan } from "../../domain/plan/plan.ts";
import {
  checkpointOf,
  type RecountCheckpoint,
  recountState,
  usableLedger,
} from "../../domain/plan/recount-checkpoint.ts";
import { unfinishedResult } from "../../domain/plan/unfinished.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";
import type { Failure } from "../../domain/result/failure.ts";
import { FailureTally } from "../../domain/result/failure-tally.ts";
import type { ReportedResult } from "../../domain/result/report.ts";
import { RESERVE_MS } from "../reserve.ts";
import { goodUrlsOf } from "./good-urls.ts";
import { ReportRows } from "./report-rows.ts";
import { sourceNames } from "./source-names.ts";

/** Between two groups of so many shards, a recount may stop. A request with no more of them is recounted in one run. */
const GROUP_SHARDS = 16;
/** Rows of the report that are written in a millisecond at the least, by a function with less than one processor. */
const ROWS_PER_MS = 30;

export interface RecountDeps {
  readonly lists: Pick<Lists, "read" | "write">;
  readonly requestPops: Pick<RequestPopTable, "of">;
  readonly results: Pick<RequestTaskTable, "of">;
  readonly checkpoints: Pick<Checkpoints<RecountCheckpoint>, "read" | "write" | "delete">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Of one run of the function. */
export interface RecountRun {
  readonly timeIsUp: boolean;
  /** Milliseconds that the run may still take. */
  readonly left: () => number;
  /** What the report says of tasks without a result, once all results are counted. */
  readonly whyMissing: (count: Count) => Failure;
  /** Told of each failed result. @default nobody is */
  readonly failures?: FailureTally;
}

/**
 * Reads all results of a request once, counts them exactly and writes the report: a row a task that failed or has no
 * result. Its memory grows by one bit for each task. The results of a huge request are too many for one run: where that
 * stops, a checkpoint is written, and the next recount of the request as it is now goes on from there.
 * @returns undefined: a checkpoint stands, the next run is to go on
 * @throws ListLostError
 */
export async function recount(deps: RecountDeps, item: RequestItem, run: RecountRun): Promise<Ledger | undefined> {
  const { req_id: reqId, shards } = item;
  const isPrepared = item.total_count > 0;
  const urls = isPrepared ? await goodUrlsOf(deps.lists, reqId) : [];
  const ledger = new Ledger(new Plan(item.distributions, await deps.requestPops.of(reqId), item.order), urls);
  const state = recountState(item, run.timeIsUp);
  const { failures = new FailureTally() } = run;
  const before = await resume(deps, item, ledger, failures, state);
  const rows = new ReportRows(deps.lists, reqId, [...before.parts], sourceNames(item, urls));

  const pausedAt = async (read: number) => {
    await rows.setAside();
    const rest = { state, at: deps.now(), shards: read, parts: rows.parts, failures: failures.saved() };
    await deps.checkpoints.write(reqId, checkpointOf(ledger, rest));
    return undefined;
  };
  for (let read = before.shards; read < shards; ) {
    const next = Math.min(shards, read + GROUP_SHARDS);
    await enterAll(deps.results.of(reqId, read, next), ledger, failures, rows);
    read = next;
    // Each run reads something, so that there is an end to it.
    const reportMs = read < shards ? 0 : (ledger.missingCount + ledger.count().failed_count) / ROWS_PER_MS;
    if (isHuge(item) && run.left() < RESERVE_MS + reportMs) return pausedAt(read);
  }
  await rows.writeReport(missingRows(item, ledger, run.whyMissing(ledger.count())));
  return ledger;
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
  ledger: Ledger,
  failures: FailureTally,
  state: string,
): Promise<Pick<RecountCheckpoint, "shards" | "parts">> {
  const anew = { shards: 0, parts: [] };
  const checkpoint = isHuge(item) ? await deps.checkpoints.read(item.req_id) : undefined;
  if (checkpoint === undefined) return anew;
  const saved = usableLedger(checkpoint, state, deps.now());
  if (saved === undefined || !ledger.restore(saved)) return anew;
  failures.restore(checkpoint.failures);
  return checkpoint;
}

async function enterAll(
  results: AsyncIterable<ReportedResult>,
  ledger: Ledger,
  failures: FailureTally,
  rows: ReportRows,
): Promise<void> {
  for await (const result of results) {
    if (!ledger.enter(result) || result.ok) continue;
    failures.add(result);
    if (rows.add(result)) await rows.setAside();
  }
}

function* missingRows(item: RequestItem, ledger: Ledger, failure: Failure): Generator<ReportedResult> {
  for (const { target, url } of ledger.missing()) yield unfinishedResult(item, { ...url, pop: target.pop }, failure);
}
