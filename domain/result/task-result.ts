import { createHash } from "node:crypto";
import * as z from "zod";
import { failureReasonSchema } from "./failure.ts";

/** One item of the Request-Task table: how one task ended. */
export const taskResultSchema = z.object({
  /** Partition key: `req_id#shard`. */
  task_key: z.string(),
  /** Sort key: `pop#url`. */
  pop_url: z.string(),
  req_id: z.string(),
  pop: z.string(),
  url: z.string(),
  ok: z.boolean(),
  /** Bytes of the body that arrived in the last attempt. */
  bytes: z.number().int().nonnegative(),
  http_status: z.number().int().optional(),
  x_cache: z.string().optional(),
  /** The POP that answered, as it names itself. */
  x_amz_cf_pop: z.string().optional(),
  x_amz_cf_id: z.string().optional(),
  /** Milliseconds from the start of the first attempt to the end of the last. */
  ms: z.number().int().nonnegative(),
  attempts: z.number().int().nonnegative(),
  /** What a failure is counted as; absent in what an agent of an older version wrote. */
  reason: failureReasonSchema,
  /** The failure in words. */
  error: z.string().optional(),
  /** Instance that did it. */
  agent: z.string().optional(),
  expire_at: z.number().int(),
});

export type TaskResult = z.infer<typeof taskResultSchema>;

/** DynamoDB takes 1,000 writes a second for a partition key; a fleet writes more, so a request's results are spread. */
const TASKS_PER_SHARD = 5_000;
const MAX_SHARDS = 1_024;

export function shardCount(totalTasks: number): number {
  return Math.min(MAX_SHARDS, Math.max(1, Math.ceil(totalTasks / TASKS_PER_SHARD)));
}

/** The longest sort key DynamoDB takes is 1,024 bytes; a URL may have eight times as many. */
const MAX_SORT_KEY_BYTES = 1_024;

/** Sort key of a task. A normalised URL is ASCII, so its length is its bytes. */
export function popUrlKey(pop: string, url: string): string {
  const key = `${pop}#${url}`;
  if (key.length <= MAX_SORT_KEY_BYTES) return key;
  return `${pop}#sha256:${createHash("sha256").update(url).digest("hex")}`;
}

/** Partition key of a task: FNV-1a over the sort key, so that both sides come to the same one from what they know. */
export function taskKey(reqId: string, popUrl: string, shards: number): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < popUrl.length; i++) hash = Math.imul(hash ^ popUrl.charCodeAt(i), 0x01000193);
  return shardKey(reqId, (hash >>> 0) % shards);
}

export function shardKey(reqId: string, shard: number): string {
  return `${reqId}#${shard}`;
}
