import { type Caps, planProblem } from "../request/caps.ts";
import type { RequestItem } from "../request/request-item.ts";
import { Plan, totalsOf } from "./plan.ts";
import type { RecEvidence } from "./rec-evidence.ts";
import type { Target } from "./target.ts";
import type { GoodUrl } from "./task.ts";
import type { TaskBitmap } from "./task-bitmap.ts";

/** What a request with the scope `regional` knows when every task has a result. */
export interface RegionalResults {
  readonly plan: Plan;
  readonly urls: readonly GoodUrl[];
  readonly taskBitmap: TaskBitmap;
  readonly recEvidence: RecEvidence;
}

/** More tasks of a request: POPs that no sample connects with a lead lead for themselves. */
export interface Extension {
  readonly plan: Plan;
  /** The targets that lead for themselves, with their new number of tasks. */
  readonly leading: readonly Target[];
  readonly fields: Pick<RequestItem, "total_count" | "total_size">;
  /** Expected bytes of all downloads and checks, of the extended request. */
  readonly transferred: number;
}

/**
 * Decides whether a request goes on once every task has a result. A run that died after it marked the targets finds them marked: the
 * tasks that the plan has beyond the request's totals are the extension.
 * @returns undefined: nothing is left to do; `problem`: the limit that keeps the request from being extended
 */
export async function extensionOf(
  { plan, urls, taskBitmap, recEvidence }: RegionalResults,
  caps: Partial<Caps>,
): Promise<Extension | { readonly problem: string } | undefined> {
  const { request } = plan;
  if (!plan.isRegional || request.not_extended !== undefined) return undefined;
  const unconnected = new Set(recEvidence.unconnected(taskBitmap).map(({ target }) => target));
  const targets = plan.allTargets.map((it): Target => (unconnected.has(it.target) ? { ...it, leads: true } : it));
  const { planned, ...totals } = await totalsOf(new Plan(request, targets), urls);
  if (totals.total_count <= request.total_count) return undefined;
  const problem = planProblem(request, totals, caps);
  if (problem !== undefined) return { problem };
  const { total_count, total_size, transferred } = totals;
  const extended = new Plan({ ...request, total_count, total_size }, planned);
  const leading = planned.filter(({ leads }) => leads);
  return { plan: extended, leading, fields: { total_count, total_size }, transferred };
}
