import { createHash } from "node:crypto";
import * as z from "zod";
import type { CsvValue } from "../csv.ts";
import { errorText, type Failure } from "../result/failure.ts";
import type { TaskResult } from "../result/task-result.ts";

/** A URL in one variant. */
export interface UrlVariant {
  readonly url: string;
  /** Name of the variant. @default the request's only one, whose tasks are keyed without a name */
  readonly variant?: string | undefined;
}

/** What tells one task of a request from all others. */
export interface TaskId extends UrlVariant {
  readonly pop: string;
}

/** Keys of a task's result: `req_id#shard` and `pop#url`, or `pop#url#variant`. */
export interface TaskKey {
  readonly task_key: string;
  readonly pop_url: string;
}

/** DynamoDB takes 1,000 writes a second for a partition key; a fleet writes more, so a request's results are spread. */
const TASKS_PER_RESULT_SHARD = 5_000;
const MAX_SHARDS = 1_024;
/** The longest sort key that DynamoDB takes; a URL may have eight times as many bytes. */
const MAX_SORT_KEY_BYTES = 1_024;

/** Over how many partition keys the results of so many tasks are spread. */
export function resultShardCount(totalTasks: number): number {
  return Math.min(MAX_SHARDS, Math.max(1, Math.ceil(totalTasks / TASKS_PER_RESULT_SHARD)));
}

/** Partition key of one shard of a request's results. */
export function shardKey(reqId: string, shard: number): string {
  return `${reqId}#${shard}`;
}

/** Key of a task's result. It follows from the task and the number of shards. */
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

/** A URL that can be warmed, in one variant, as Get Size saw it: a row of the list of good URLs, and an entry of a task message. */
export const taskUrlSchema = z.object({
  url: z.string().min(1),
  /** Bytes of the object; null where its size is unknown. */
  bytes: z.number().int().nonnegative().nullable(),
  /** Name of the variant; absent: the request's only one. */
  variant: z.string().min(1).optional(),
  /** Attempts at this URL and variant before its message was deferred. Only in messages; absent: none, or the message says it for all. */
  attempts: z.number().int().nonnegative().optional(),
  /** When the first of these attempts started, in milliseconds since the epoch. */
  first_attempt_at: z.number().int().nonnegative().optional(),
  /** Whole downloads in the messages before. Only in messages; absent: none. */
  downloads_done: z.number().int().nonnegative().optional(),
  /** Bytes of all bodies in the messages before. Only in messages; absent: none. */
  transferred_bytes: z.number().int().nonnegative().optional(),
  /** Whether requests of a follower may reach the origin, as an earlier download showed. Only in messages. */
  may_reach_origin: z.boolean().optional(),
  /** With scope `regional`: each POP of the REC requests it once, to check that the REC is its own. Absent: the lead alone requests it. */
  sample: z.literal(true).optional(),
  /**
   * When the REC of the lead stored the object: milliseconds since the epoch. Only in messages of samples; absent there: unknown, and the
   * sample cannot show which REC answers.
   */
  filled_at: z.number().optional(),
});

export type TaskUrl = z.infer<typeof taskUrlSchema>;

/** An entry of the list of good URLs: it has fields that no message carries. */
export interface GoodUrl extends TaskUrl {
  /** Which of the request's sources named it, counted from 1. Absent, in a row 0 if others have one: the caller did. */
  readonly source?: number | undefined;
  /** The POPs of the request at which it is to be warmed: a {@link Bitmap} of their indexes, as text. Absent: all. */
  readonly pops?: string | undefined;
}

/** A row of a list cannot be parsed: another program wrote the list, or it is damaged. */
export class UnreadableRowError extends Error {
  override readonly name = "UnreadableRowError";
}

/** Last column of a URL that is a sample. */
const SAMPLE = "sample";

/** The CSV row of a good URL. */
export function toRow({ url, bytes, variant, source, pops, sample }: GoodUrl): readonly CsvValue[] {
  return [url, bytes, variant, source, pops, sample && SAMPLE];
}

/** Checked by hand: this is done for every task. @throws UnreadableRowError */
export function fromRow(row: readonly string[]): GoodUrl {
  const [url = "", bytes = "", variant = "", source = "", pops = "", sample = ""] = row;
  if (url === "" || !/^\d*$/.test(bytes)) throw new UnreadableRowError(`'${url},${bytes}' is not a URL and its bytes`);
  if (!/^\d*$/.test(source) || !/^[0-9a-f]*$/.test(pops))
    throw new UnreadableRowError(`'${source},${pops}' of ${url} are not a source and its POPs`);
  return {
    url,
    bytes: bytes === "" ? null : Number(bytes),
    variant: variant || undefined,
    source: Number(source) || undefined,
    pops: pops || undefined,
    sample: sample === SAMPLE || undefined,
  };
}

/** What a message carries of it, before any attempt. */
export function asTaskUrl({ url, bytes, variant, sample }: GoodUrl): TaskUrl {
  return { url, bytes, variant, sample };
}

/** Tells one variant of a URL from all others of a request. A normalised URL has no `#`. */
export function urlVariantKey({ url, variant }: UrlVariant): string {
  return variant === undefined ? url : `${url}#${variant}`;
}

/** The failure of a task that had no result when its request ended. Only the report has it; it is never stored. */
export const UNFINISHED: Failure = {
  reason: "lost",
  code: "no result",
  detail: "the request ended before an agent finished it",
};

/** The failed result of a task that no agent finished, or none tried. @param failure why */
export function unfinishedResult(
  { req_id, shards, expire_at }: { readonly req_id: string; readonly shards: number; readonly expire_at: number },
  { pop, url, variant }: TaskId,
  failure: Failure,
): TaskResult {
  return {
    ...taskKey(req_id, { pop, url, variant }, shards),
    req_id,
    pop,
    url,
    variant,
    ok: false,
    bytes: 0,
    ms: 0,
    attempts: 0,
    reason: failure.reason,
    error: errorText(failure),
    expire_at,
  };
}

/**
 * FNV-1a, 32 bits, over the characters of a text: spreads texts that differ by a digit.
 * http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
