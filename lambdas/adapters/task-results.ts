import { BatchWriteCommand, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { shardKey, type TaskResult, taskResultSchema } from "../../contracts/task-result.ts";
import { writeBatches } from "./batch-write.ts";

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

  async put(results: readonly TaskResult[]): Promise<void> {
    await writeBatches(
      results.map((result) => ({ PutRequest: { Item: result } })),
      (requests) => this.db.send(new BatchWriteCommand({ RequestItems: { [this.table]: requests } })),
      this.table,
    );
  }
}
