import type { Plan } from "./plan.ts";
import { shardCount } from "./task-key.ts";
import type { TaskUrl } from "./task-url.ts";

/** How much there is to download, and over how many partition keys its results are spread. */
export interface Totals {
  readonly total_count: number;
  /** Bytes, of the URLs whose size is known. */
  readonly total_size: number;
  readonly sizes_known: boolean;
  readonly shards: number;
  /** How many tasks each target of a distribution has, by the distribution's label. */
  readonly tasks_per_target: Readonly<Record<string, number>>;
}

/** Adds up a plan's tasks without making one of them. */
export async function totalsOf(plan: Plan, urls: AsyncIterable<TaskUrl> | Iterable<TaskUrl>): Promise<Totals> {
  let count = 0;
  let size = 0;
  let sizesKnown = true;
  const perTarget = new Map<string, number>();
  for await (const url of urls) {
    const tasks = plan.tasksOf(url);
    const targets = tasks?.count ?? 0;
    count += targets;
    size += targets * (url.bytes ?? 0);
    if (url.bytes === null) sizesKnown = false;
    if (tasks !== undefined) perTarget.set(tasks.label, (perTarget.get(tasks.label) ?? 0) + 1);
  }
  return {
    ...{ total_count: count, total_size: size, sizes_known: sizesKnown, shards: shardCount(count) },
    tasks_per_target: Object.fromEntries(perTarget),
  };
}
