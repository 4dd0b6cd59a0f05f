import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import type { z } from "zod";
import { shardKey, type TaskResult, taskResultSchema } from "../domain/result/task-result.ts";
import { isConditionFailure } from "./conflicts.ts";

const IN_PARALLEL = 32;
/** The largest request has 1,024 shards of some 35,000 results: so many are in memory at once. */
const SHARDS_AT_ONCE = 8;

/** What the recount and the report need of a result. */
const countedResultSchema = taskResultSchema.pick({
  pop: true,
  url: true,
  ok: true,
  bytes: true,
  error: true,
  http_status: true,
  x_amz_cf_pop: true,
  x_amz_cf_id: true,
  attempts: true,
});
export type CountedResult = z.infer<typeof countedResultSchema>;
const COUNTED = Object.keys(countedResultSchema.shape);

/** The Request-Task table, as Shutdown recounts it. */
export class TaskResultTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /**
   * Every result of a request, several shards at a time. One that cannot be read is passed over: its task then counts as
   * not done, and does not hold up the others.
   */
  async *of(reqId: string, shards: number): AsyncGenerator<CountedResult> {
    for (let first = 0; first < shards; first += SHARDS_AT_ONCE) {
      const count = Math.min(SHARDS_AT_ONCE, shards - first);
      const read = Array.from({ length: count }, (_, i) => this.shard(shardKey(reqId, first + i)));
      for (const results of await Promise.all(read)) yield* results;
    }
  }

  private async shard(key: string): Promise<CountedResult[]> {
    const results: CountedResult[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.db.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "task_key = :key",
          ExpressionAttributeValues: { ":key": key },
          ProjectionExpression: COUNTED.map((name) => `#${name}`).join(", "),
          ExpressionAttributeNames: Object.fromEntries(COUNTED.map((name) => [`#${name}`, name])),
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) {
        const parsed = countedResultSchema.safeParse(item);
        if (parsed.success) results.push(parsed.data);
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return results;
  }

  /** Writes results where there are none: one that came meanwhile is a better one. */
  async putIfAbsent(results: readonly TaskResult[]): Promise<void> {
    await pMap(results, (result) => this.putOne(result), { concurrency: IN_PARALLEL });
  }

  private async putOne(result: TaskResult): Promise<void> {
    const condition = "attribute_not_exists(pop_url)";
    try {
      await this.db.send(new PutCommand({ TableName: this.table, Item: result, ConditionExpression: condition }));
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }
}
