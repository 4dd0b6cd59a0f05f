import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import pMap from "p-map";
import * as z from "zod";
import type { OnUnparseable } from "../domain/log-fields.ts";
import { LEAD_RESULT_ATTRIBUTES, type LeadResult, leadResultSchema } from "../domain/plan/followers.ts";
import type { ResultStore } from "../domain/plan/ports.ts";
import { shardKey, type TaskKey } from "../domain/plan/task.ts";
import { type ReportedResult, reportedResultSchema } from "../domain/result/report.ts";
import type { TaskResult } from "../domain/result/task-result.ts";
import { retry } from "../domain/retry.ts";
import { tryConditionalWrite } from "./conditional-writes.ts";
import { fromAttributes, projection, toAttributes } from "./dynamodb.ts";

const IN_PARALLEL = 32;
/**
 * Shards that are read at once, one page of each. DynamoDB ends a page at 1 MB, however large its items are
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html), so memory is bounded in bytes.
 * The largest request has 1,024 shards, with some 35,000 results each: one shard alone may be too much for the function.
 */
const PAGES_AT_ONCE = 8;

/** Temporary errors: the table's throughput is limited for now, and grows within minutes. */
const TEMPORARY_ERRORS = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
]);
/**
 * Codes of the system for sockets (`ECONNRESET`), and of getaddrinfo for the DNS (`EAI_AGAIN`). Node's own codes (`ERR_…`) are faults
 * of the program. https://nodejs.org/api/errors.html#common-system-errors, https://man7.org/linux/man-pages/man3/getaddrinfo.3.html
 */
const SYSTEM_ERROR = /^E(AI_)?[A-Z]+$/;

/** The most that one BatchGetItem takes. */
const MAX_KEYS_PER_BATCH_GET = 100;
const UNPROCESSED_RETRY = { attempts: 8, firstMs: 50 };

/** Keys go with what is read, to name what cannot be. */
const READ_ATTRIBUTES = ["task_key", "pop_url", ...Object.keys(reportedResultSchema.shape)];

/** The Request-Task table: one item a task, with how it ended. Agents write it, Shutdown recounts it. */
export class RequestTaskTable implements ResultStore {
  constructor(
    private readonly db: DynamoDBClient,
    private readonly table: string,
    private readonly onUnparseable: OnUnparseable,
  ) {}

  /**
   * Writes good results, at most 25 and none twice, over whatever stands there.
   * @returns those that DynamoDB did not take now
   */
  async putGood(results: readonly TaskResult[]): Promise<TaskResult[]> {
    const requests = results.map((result) => ({ PutRequest: { Item: toAttributes(result) } }));
    const { UnprocessedItems } = await this.db.send(
      new BatchWriteItemCommand({ RequestItems: { [this.table]: requests } }),
    );
    const left = new Set((UnprocessedItems?.[this.table] ?? []).map(({ PutRequest }) => keyOf(PutRequest?.Item)));
    return left.size === 0 ? [] : results.filter((result) => left.has(`${result.task_key} ${result.pop_url}`));
  }

  /** Writes a failure, but not over a good result: the object was warm once, and a second delivery does not undo that. */
  async putFailure(result: TaskResult): Promise<void> {
    const failed = { ConditionExpression: "attribute_not_exists(pop_url) OR ok = :false" };
    await this.putIf(result, { ...failed, ExpressionAttributeValues: { ":false": { BOOL: false } } });
  }

  /** Writes results where there are none: one that came meanwhile is a better one. */
  async putIfAbsent(results: readonly TaskResult[]): Promise<void> {
    const absent = { ConditionExpression: "attribute_not_exists(pop_url)" };
    await pMap(results, (result) => this.putIf(result, absent), { concurrency: IN_PARALLEL });
  }

  isTemporary(error: unknown): boolean {
    if (error instanceof DynamoDBServiceException)
      return TEMPORARY_ERRORS.has(error.name) || (error.$metadata.httpStatusCode ?? 0) >= 500;
    // Timeouts and missing credentials are known by their names.
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return SYSTEM_ERROR.test(code) || (error instanceof Error && /Timeout|CredentialsProvider/.test(error.name));
  }

  /**
   * Which of these results stand, good or bad, by their `pop_url`. One that cannot be parsed is reported, and left out.
   * @throws Error if DynamoDB leaves some unprocessed again and again
   */
  async findExisting(keys: readonly TaskKey[]): Promise<Map<string, LeadResult>> {
    const found = new Map<string, LeadResult>();
    // A key must not come twice in a call.
    const distinct = [...new Map(keys.map(({ task_key, pop_url }) => [pop_url, { task_key, pop_url }])).values()];
    for (let i = 0; i < distinct.length; i += MAX_KEYS_PER_BATCH_GET) {
      let left = distinct.slice(i, i + MAX_KEYS_PER_BATCH_GET).map(toAttributes);
      const findSome = async () => {
        const get = { Keys: left, ...projection(LEAD_RESULT_ATTRIBUTES), ConsistentRead: true };
        const { Responses, UnprocessedKeys } = await this.db.send(
          new BatchGetItemCommand({ RequestItems: { [this.table]: get } }),
        );
        for (const item of Responses?.[this.table] ?? []) {
          const result = this.read(leadResultSchema, item);
          if (result !== undefined) found.set(item["pop_url"]?.S ?? "", result);
        }
        left = UnprocessedKeys?.[this.table]?.Keys ?? [];
      };
      await retry(findSome, { ...UNPROCESSED_RETRY, retryOnResult: () => left.length > 0 });
      if (left.length > 0) throw new Error(`${left.length} keys of ${this.table} stayed unprocessed`);
    }
    return found;
  }

  /**
   * Every result of some of a request's shards, page by page of several shards at a time, in the order in which pages come.
   * One that cannot be parsed is reported and left out: its task then counts as not done, and does not block the others.
   * @param from the first shard, from 0
   * @param to the one after the last
   */
  async *of(reqId: string, from: number, to: number): AsyncGenerator<ReportedResult> {
    const pendingPages = new Map<string, ReturnType<typeof this.page>>();
    const requestPage = (key: string, start?: Record<string, AttributeValue>) => {
      const page = this.page(key, start);
      // Whoever stops reading does not wait for it any more.
      page.catch(() => undefined);
      pendingPages.set(key, page);
    };
    let shard = from;
    for (;;) {
      while (pendingPages.size < PAGES_AT_ONCE && shard < to) requestPage(shardKey(reqId, shard++));
      if (pendingPages.size === 0) return;
      const { key, Items = [], LastEvaluatedKey } = await Promise.race(pendingPages.values());
      pendingPages.delete(key);
      if (LastEvaluatedKey !== undefined) requestPage(key, LastEvaluatedKey);
      for (const item of Items) {
        const result = this.read(reportedResultSchema, item);
        if (result !== undefined) yield result;
      }
    }
  }

  private async page(key: string, start: Record<string, AttributeValue> | undefined) {
    const query = new QueryCommand({
      TableName: this.table,
      KeyConditionExpression: "task_key = :key",
      ExpressionAttributeValues: { ":key": { S: key } },
      ...projection(READ_ATTRIBUTES),
      ConsistentRead: true,
      ExclusiveStartKey: start,
    });
    return { key, ...(await this.db.send(query)) };
  }

  private read<T>(schema: z.ZodType<T>, item: Record<string, AttributeValue>): T | undefined {
    const parsed = schema.safeParse(fromAttributes(item));
    if (parsed.success) return parsed.data;
    this.onUnparseable({ kind: "task result", key: keyOf(item), problem: z.prettifyError(parsed.error) });
    return undefined;
  }

  private async putIf(
    result: TaskResult,
    condition: { ConditionExpression: string; ExpressionAttributeValues?: Record<string, AttributeValue> },
  ): Promise<void> {
    const put = new PutItemCommand({ TableName: this.table, Item: toAttributes(result), ...condition });
    await tryConditionalWrite(() => this.db.send(put));
  }
}

function keyOf(item: Readonly<Record<string, AttributeValue>> = {}): string {
  return `${item["task_key"]?.S} ${item["pop_url"]?.S}`;
}
