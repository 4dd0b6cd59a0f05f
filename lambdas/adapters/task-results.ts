import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import { shardKey, type TaskResult, taskResultSchema } from "../../contracts/task-result.ts";
import { isConditionFailure } from "./conflicts.ts";

const IN_PARALLEL = 32;

/** The Request-Task table, as Shutdown recounts it. */
export class TaskResultTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /** Every result of a request, page by page, shard after shard. */
  async *of(reqId: string, shards: number): AsyncGenerator<TaskResult> {
    for (let shard = 0; shard < shards; shard++) {
      let start: Record<string, unknown> | undefined;
      do {
        const page = await this.db.send(
          new QueryCommand({
            TableName: this.table,
            KeyConditionExpression: "task_key = :key",
            ExpressionAttributeValues: { ":key": shardKey(reqId, shard) },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        );
        for (const item of page.Items ?? []) yield taskResultSchema.parse(item);
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    }
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
