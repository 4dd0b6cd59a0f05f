import type * as z from "zod";
import { type CsvValue, csvRow } from "../csv.ts";
import { readReason } from "../result/failure.ts";
import { type FailureGroup, groupFromRow, groupToRow, type UnreadableUrl } from "../result/failure-groups.ts";
import { reportedTask } from "../result/report.ts";
import type { FoundUrl } from "../sources/found-urls.ts";
import { fromRow, type GoodUrl, type TaskId, toRow, UnreadableRowError } from "./task.ts";

/** The lists of requests, read and written row by row. */
export interface ListStore {
  /** Entries of a list, in its order. @throws an error that {@link isMissing} knows; UnreadableRowError for a row that is none of the list's */
  read<T>(list: ReadableList<T>, reqId: string): AsyncIterable<T>;
  /** Its key has no object until all entries are written. */
  write<T>(list: WritableList<T>, reqId: string, entries: AsyncIterable<T> | Iterable<T>): Promise<void>;
}

/** Lists, and files of a request that are no lists. */
export interface RequestFiles extends ListStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Makes one file of several; the object does not exist until it is whole.
   * @param segments keys of files whose bytes come first, in order: they are passed on, and not kept in memory
   * @param last bytes behind them
   */
  join(key: string, segments: readonly string[], last: Uint8Array): Promise<void>;
  /** Undefined also for one that cannot be read: the step then begins anew. */
  readCheckpoint<T>(kind: CheckpointKind<T>, reqId: string): Promise<T | undefined>;
  writeCheckpoint<T>(kind: CheckpointKind<T>, reqId: string, state: T): Promise<void>;
  delete(file: { readonly key: (reqId: string) => string }, reqId: string): Promise<void>;
}

/**
 * A kind of checkpoint, which stores where a step stopped that needs several runs: its schema, and its key in the bucket. It is one gzipped
 * JSON object per request.
 */
export interface CheckpointKind<T> {
  readonly key: (reqId: string) => string;
  readonly schema: z.ZodType<T>;
}

/** Whether an error of S3 says that the object does not exist. */
export function isMissing(error: unknown): error is Error {
  return error instanceof Error && error.name === "NoSuchKey";
}

/** Whether a list of a request is gone or damaged: no later try reads it. Any other error may pass. */
export function isLostList(error: unknown): error is Error {
  return error instanceof UnreadableRowError || isMissing(error);
}

/** A list of a request in the bucket, one CSV row an entry. */
export interface ReadableList<T> {
  readonly key: (reqId: string) => string;
  readonly fromRow: (row: readonly string[]) => T;
  /** Whether its first row has the names of the columns. @default no */
  readonly hasHeader?: boolean;
}

export interface WritableList<T> extends ReadableList<T> {
  readonly toRow: (entry: T) => readonly CsvValue[];
}

/** Rows a block: a stream that takes them one by one needs several times as long. */
const BLOCK_ROWS = 200;

/** The text of a list, in blocks of rows. */
export async function* csvBlocks<T>(
  list: WritableList<T>,
  entries: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<string> {
  let block = "";
  let rows = 0;
  for await (const entry of entries) {
    block += csvRow(list.toRow(entry));
    rows++;
    if (rows < BLOCK_ROWS) continue;
    yield block;
    block = "";
    rows = 0;
  }
  if (rows > 0) yield block;
}

/** The URLs of the request. */
const urls: WritableList<string> = {
  key: (reqId) => `${reqId}.csv`,
  toRow: (url) => [url],
  fromRow: ([url = ""]) => url,
};

/** The same with the number of the source that named a URL. All rows have as many columns: empty is the caller's own. */
const foundUrls: WritableList<FoundUrl> = {
  key: urls.key,
  toRow: ({ url, source }) => [url, source],
  fromRow: ([url = "", source = ""]) => ({
    url,
    source: /^[1-9]\d*$/.test(source) ? Number(source) : undefined,
  }),
};

/** URLs that can be warmed: url, bytes (empty where the size is unknown), and what a row of them may have besides. */
const goodUrls: WritableList<GoodUrl> = { key: (reqId) => `${reqId}/success_urls.csv`, toRow, fromRow };

/** Those with tasks whose wanted cache is not shown to keep the object, and the POPs of these tasks. Absent where there are none. */
const regionalUrls: WritableList<GoodUrl> = {
  ...goodUrls,
  key: (reqId) => `${reqId}/regional_urls.csv`,
  // A retry has samples of its own.
  toRow: (entry) => toRow({ ...entry, sample: undefined }).slice(0, -1),
};

/** The list of these good URLs, without the last columns that are empty in all rows. All rows have as many: a reader takes others for damage. */
export function goodUrlsList(entries: readonly GoodUrl[]): WritableList<GoodUrl> {
  const used = (entry: GoodUrl) => toRow(entry).findLastIndex((value) => value !== undefined) + 1;
  const columns = entries.reduce((most, entry) => Math.max(most, used(entry)), 0);
  return { ...goodUrls, toRow: (entry) => toRow(entry).slice(0, columns) };
}

/** URLs that cannot: url, reason in words, variant (the one that is unreadable; empty: all are), code of the reason, HTTP status. */
const failedUrls: WritableList<UnreadableUrl> = {
  key: (reqId) => `${reqId}/failed_urls.csv`,
  toRow: ({ url, problem, variant, reason, http_status }) => [url, problem, variant, reason, http_status],
  fromRow: ([url = "", problem = "", variant = "", reason = "", status = ""]) => ({
    url,
    problem,
    variant: variant || undefined,
    reason: reason === "" ? undefined : readReason(reason),
    http_status: /^\d{3}$/.test(status) ? Number(status) : undefined,
  }),
};

/** Failures, a row a reason. */
function failureGroupsAt(file: string): WritableList<FailureGroup> {
  return { key: (reqId) => `${reqId}/${file}`, toRow: groupToRow, fromRow: groupFromRow };
}

/** One row a failed task. Read back, it says which task that was. A recount writes it: domain/readiness/report-writer.ts. */
const report: ReadableList<TaskId> = {
  key: (reqId) => `${reqId}/report.csv`,
  fromRow: reportedTask,
  hasHeader: true,
};

export const LISTS = {
  urls,
  foundUrls,
  goodUrls,
  regionalUrls,
  failedUrls,
  /** Why URLs cannot be warmed: a request that runs tells this again and again, and its failed URLs may be hundreds of thousands. */
  failedUrlGroups: failureGroupsAt("failed_url_groups.csv"),
  report,
  /** Of a request that has ended. */
  failures: failureGroupsAt("failures.csv"),
} as const;

/** Key of the compressed CSV of all of a request's tasks. */
export function resultsKey(reqId: string): string {
  return `${reqId}/results.csv.gz`;
}
