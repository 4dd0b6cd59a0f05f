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
}

/** Adds up a plan's tasks without making one of them. */
export async function totalsOf(plan: Plan, urls: AsyncIterable<TaskUrl> | Iterable<TaskUrl>): Promise<Totals> {
  let count = 0;
  let size = 0;
  let sizesKnown = true;
  for await (const url of urls) {
    const tasks = plan.tasksOf(url)?.count ?? 0;
    count += tasks;
    size += tasks * (url.bytes ?? 0);
    if (url.bytes === null) sizesKnown = false;
  }
  return { total_count: count, total_size: size, sizes_known: sizesKnown, shards: shardCount(count) };
}
