import { fnv1a } from "./task.ts";

/** One batch changes one shard. A batch has up to 1,000 results, and a few batches are counted at a time. */
const TASKS_PER_COUNTER_SHARD = 10_000;
const MAX_COUNTER_SHARDS = 64;

/**
 * POPs whose counters one item holds. DynamoDB bills a write by the whole item: with so many it stays below 1 KB, with
 * five counters for each POP (results, bytes, failures and two outcomes). An update that changes all of them stays below
 * the 4 KB that an expression may have.
 */
const POPS_PER_BLOCK = 24;

/** Number of items over which the counters of a request are spread, so that its batches do not conflict with each other. */
export function counterShardCount(totalTasks: number): number {
  return Math.min(MAX_COUNTER_SHARDS, Math.max(1, Math.ceil(totalTasks / TASKS_PER_COUNTER_SHARD)));
}

/** The counter shard of a batch: the same whenever the batch is tried again. */
export function counterShardOf(token: string, totalTasks: number): number {
  return fnv1a(token) % counterShardCount(totalTasks);
}

/** Where the counters of a POP of a request stand: in which block, and where in it. */
export function popPlace(popIndex: number) {
  return { block: Math.floor(popIndex / POPS_PER_BLOCK), place: popIndex % POPS_PER_BLOCK };
}

/** The other way round. */
export function popIndexAt({ block, place }: ReturnType<typeof popPlace>): number {
  return block * POPS_PER_BLOCK + place;
}

/** How many blocks so many POPs have. */
export function blockCount(pops: number): number {
  return Math.ceil(pops / POPS_PER_BLOCK);
}

/** What changes at each POP, block by block. A POP that is none of the request's has no index, and is left out. */
export function inBlocks<T>(
  changes: ReadonlyMap<string, T>,
  popIndexOf: ReadonlyMap<string, number>,
): Map<number, Map<number, T>> {
  const blocks = new Map<number, Map<number, T>>();
  for (const [pop, change] of changes) {
    const popIndex = popIndexOf.get(pop);
    if (popIndex === undefined) continue;
    const { block, place } = popPlace(popIndex);
    const places = blocks.get(block) ?? new Map<number, T>();
    blocks.set(block, places.set(place, change));
  }
  return blocks;
}
