import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { TaskResult } from "../contracts/task-result.ts";
import { Batcher } from "./batcher.ts";

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const DELAY_MS = 25;
const ATTEMPTS = 8;

/** Results that DynamoDB did not take. */
export class ResultNotWrittenError extends Error {
  override readonly name = "ResultNotWrittenError";
}

/** Writes results, the good ones in batches. A promise that resolves means that the result stands in the table. */
export class Results {
  private readonly good: Batcher<TaskResult>;
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly db: DynamoDBClient,
    private readonly table: string,
  ) {
    this.good = new Batcher({
      size: BATCH,
      delayMs: DELAY_MS,
      send: (results) => this.writeBatch(results),
      key: (result) => `${result.task_key}\n${result.pop_url}`,
    });
  }

  write(result: TaskResult): Promise<void> {
    return result.ok ? this.good.add(result) : this.writeFailure(result);
  }

  /** Returns when all that was handed over is written, or has failed to be. */
  async drain(): Promise<void> {
    await Promise.allSettled([this.good.drain(), ...this.pending]);
  }

  private async writeBatch(results: readonly TaskResult[]): Promise<undefined[]> {
    let requests: WriteRequest[] = results.map((result) => ({ PutRequest: { Item: toItem(result) } }));
    for (let attempt = 1; requests.length > 0; attempt++) {
      if (attempt > ATTEMPTS) throw new ResultNotWrittenError(`${requests.length} results stayed unprocessed`);
      if (attempt > 1) await sleep(Math.random() * 25 * 2 ** attempt);
      const answer = await this.db.send(new BatchWriteItemCommand({ RequestItems: { [this.table]: requests } }));
      requests = answer.UnprocessedItems?.[this.table] ?? [];
    }
    return [];
  }

  /** A failure never replaces a good result: the object was warm once, and a second delivery does not undo that. */
  private writeFailure(result: TaskResult): Promise<void> {
    const put = this.db
      .send(
        new PutItemCommand({
          TableName: this.table,
          Item: toItem(result),
          ConditionExpression: "attribute_not_exists(pop_url) OR ok = :false",
          ExpressionAttributeValues: { ":false": { BOOL: false } },
        }),
      )
      .then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
        },
      );
    const tracked = put.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    tracked.catch(() => undefined);
    return put;
  }
}

/** A result in DynamoDB's own form, written out by hand: this is done for every task. */
function toItem(result: TaskResult): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(result)) {
    if (typeof value === "string") item[name] = { S: value };
    else if (typeof value === "number") item[name] = { N: String(value) };
    else if (typeof value === "boolean") item[name] = { BOOL: value };
  }
  return item;
}
