import { createHash } from "node:crypto";
import { fnv1a } from "./fnv1a.ts";

/** What tells one task of a request from all others. */
export interface TaskId {
  readonly pop: string;
  readonly url: string;
  /** Name of the variant. @default the request's only one, whose tasks are keyed without a name */
  readonly variant?: string | undefined;
}

/** Keys of a task's result: `req_id#shard` and `pop#url`, or `pop#url#variant`. */
export interface TaskKey {
  readonly task_key: string;
  readonly pop_url: string;
}

/** DynamoDB takes 1,000 writes a second for a partition key; a fleet writes more, so a request's results are spread. */
const TASKS_PER_SHARD = 5_000;
const MAX_SHARDS = 1_024;
/** The longest sort key that DynamoDB takes; a URL may have eight times as many bytes. */
const MAX_SORT_KEY_BYTES = 1_024;

/** Over how many partition keys the results of so many tasks are spread. */
export function shardCount(totalTasks: number): number {
  return Math.min(MAX_SHARDS, Math.max(1, Math.ceil(totalTasks / TASKS_PER_SHARD)));
}

/** Partition key of one shard of a request's results. */
export function shardKey(reqId: string, shard: number): string {
  return `${reqId}#${shard}`;
}

/** Where a task's result stands: the same for everybody who knows the task and the number of shards. */
export function taskKey(reqId: string, id: TaskId, shards: number): TaskKey {
  const sortKey = sortKeyOf(id);
  return { task_key: shardKey(reqId, fnv1a(sortKey) % shards), pop_url: sortKey };
}

/**
 * What tells a task from all others of its request, and begins with its POP. A normalised URL is ASCII and has no `#`: its length
 * is its bytes, and no two tasks share a key.
 */
export function sortKeyOf({ pop, url, variant }: TaskId): string {
  const suffix = variant === undefined ? "" : `#${variant}`;
  const key = `${pop}#${url}${suffix}`;
  if (key.length <= MAX_SORT_KEY_BYTES) return key;
  return `${pop}#sha256:${createHash("sha256").update(url).digest("hex")}${suffix}`;
}

/** What the sort keys of all tasks of a POP begin with, and of no other POP. */
export function sortKeysOf(pop: string): string {
  return `${pop}#`;
}
