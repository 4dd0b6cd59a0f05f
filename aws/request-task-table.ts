import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import pMap from "p-map";
import * as z from "zod";
import { shardKey } from "../domain/plan/task-key.ts";
import { type ReportedResult, reportedResultSchema } from "../domain/result/report.ts";
import type { TaskResult } from "../domain/result/task-result.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import { isConditionFailure } from "./conflicts.ts";
import { fromAttributes, toAttributes } from "./plain-item.ts";

const IN_PARALLEL = 32;
/** Shards in memory at once. The largest request has 1,024 of them, with some 35,000 results each. */
const SHARDS_AT_ONCE = 8;

/** Keys go with what is read, to name what cannot be. */
const READ = ["task_key", "pop_url", ...Object.keys(reportedResultSchema.shape)];

/** The Request-Task table: one item a task, with how it ended. Agents write it, Shutdown recounts it. */
export class RequestTaskTable {
  constructor(
    private readonly db: DynamoDBClient,
    private readonly table: string,
    private readonly onUnreadable: OnUnreadable,
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

  /**
   * Every result of a request, several shards at a time. One that cannot be read is passed over and told of: its task
   * then counts as not done, and does not hold up the others.
   */
  async *of(reqId: string, shards: number): AsyncGenerator<ReportedResult> {
    for (let first = 0; first < shards; first += SHARDS_AT_ONCE) {
      const count = Math.min(SHARDS_AT_ONCE, shards - first);
      const read = Array.from({ length: count }, (_, i) => this.shard(shardKey(reqId, first + i)));
      for (const results of await Promise.all(read)) yield* results;
    }
  }

  private async shard(key: string): Promise<ReportedResult[]> {
    const results: ReportedResult[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.db.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "task_key = :key",
          ExpressionAttributeValues: { ":key": { S: key } },
          ProjectionExpression: READ.map((name) => `#${name}`).join(", "),
          ExpressionAttributeNames: Object.fromEntries(READ.map((name) => [`#${name}`, name])),
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) {
        const parsed = reportedResultSchema.safeParse(fromAttributes(item));
        if (parsed.success) results.push(parsed.data);
        else this.onUnreadable({ kind: "task result", key: keyOf(item), problem: z.prettifyError(parsed.error) });
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return results;
  }

  private async putIf(
    result: TaskResult,
    condition: { ConditionExpression: string; ExpressionAttributeValues?: Record<string, AttributeValue> },
  ): Promise<void> {
    try {
      await this.db.send(new PutItemCommand({ TableName: this.table, Item: toAttributes(result), ...condition }));
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }
}

function keyOf(item: Readonly<Record<string, AttributeValue>> = {}): string {
  return `${item["task_key"]?.S} ${item["pop_url"]?.S}`;
}
