import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { PopProgress, PopState } from "../../domain/api/pop-progress.ts";
import type { Target } from "../../domain/plan/target.ts";
import { recOf } from "../../domain/pops/site-of.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type Count, NO_COUNT } from "../../domain/result/count.ts";
import { outcomesWithin, within } from "./within.ts";

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

/** The mean stands in for what a release before did not write on the item. With one distribution it is exact. */
function tasksOf({ total_count, targets_total, tasks_per_target }: RequestItem, targets: readonly Target[]): number {
  if (targets_total === 0) return 0;
  const mean = Math.round(total_count / targets_total);
  const resolved = targets.filter(({ state }) => state !== "FAILED");
  return resolved.reduce((sum, { label, own_tasks = 0 }) => sum + (tasks_per_target[label] ?? mean) + own_tasks, 0);
}

function stateOf(item: RequestItem, targets: readonly Target[], total: number, done: number): PopState {
  if (targets.length > 0 && targets.every(({ state }) => state === "FAILED")) return "NOT_RESOLVED";
  if (item.status === "FINISHED" || (total > 0 && done === total)) return "DONE";
  if (item.active === undefined) return "UNFINISHED";
  return done === 0 ? "WAITING" : "IN_PROGRESS";
}
