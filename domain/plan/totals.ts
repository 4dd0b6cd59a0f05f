import { type Lane, laneOf } from "../request/lane.ts";
import type { Plan } from "./plan.ts";
import { type GoodUrl, shardCount } from "./task.ts";
import { isLarge } from "./task-message.ts";

/** How much there is to download, by which lane, and over how many partition keys its results are spread. */
export interface Totals {
  readonly total_count: number;
  /** Bytes, of the URLs whose size is known. */
  readonly total_size: number;
  readonly sizes_known: boolean;
  readonly shards: number;
  readonly lane: Lane;
  /** How many tasks each target of a distribution has, by the distribution's label; those of {@link TargetTotals} besides. */
  readonly tasks_per_target: Readonly<Record<string, number>>;
}

/** How many tasks a target has of URLs that are wanted at some POPs alone, by its key. Absent: none. */
export type TargetTotals = ReadonlyMap<string, number>;

/** Adds up a plan's tasks without making one of them. */
export async function totalsOf(
  plan: Plan,
  urls: AsyncIterable<GoodUrl> | Iterable<GoodUrl>,
): Promise<Totals & { readonly byTarget: TargetTotals }> {
  let count = 0;
  let size = 0;
  let sizesKnown = true;
  let hasLarge = false;
  const perTarget = new Map<string, number>();
  const byTarget = new Map<string, number>();
  for await (const url of urls) {
    const tasks = plan.tasksOf(url);
    const targets = tasks?.count ?? 0;
    count += targets;
    size += targets * (url.bytes ?? 0);
    if (url.bytes === null) sizesKnown = false;
    if (targets > 0 && isLarge(url)) hasLarge = true;
    if (tasks === undefined) continue;
    const everywhere = url.pops === undefined;
    perTarget.set(tasks.label, (perTarget.get(tasks.label) ?? 0) + (everywhere ? 1 : 0));
    if (!everywhere) for (const { target } of tasks.tasks()) addOne(byTarget, target.target);
  }
  return {
    total_count: count,
    total_size: size,
    sizes_known: sizesKnown,
    shards: shardCount(count),
    lane: laneOf({ tasks: count, bytes: size, sizesKnown, hasLarge }),
    tasks_per_target: Object.fromEntries(perTarget),
    byTarget,
  };
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
