import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { OnUnreadable } from "../domain/log-fields.ts";
import { type Target, targetSchema } from "../domain/plan/target.ts";
import { isConditionFailure, whetherConditionHolds } from "./conditional-writes.ts";
import { queryItems, writeBatches } from "./dynamodb.ts";

/** The Request-Pop table: what each POP of a request has to warm, and whether its tasks are queued. */
export class RequestPopTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
    /** Name of the Request table, whose count of sent targets moves with a target's state. */
    private readonly requestTable: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  async put(items: readonly Target[]): Promise<void> {
    await writeBatches(
      items.map((item) => ({ PutRequest: { Item: item } })),
      (requests) => this.db.send(new BatchWriteCommand({ RequestItems: { [this.table]: requests } })),
      this.table,
    );
  }

  /** Undefined also for one that cannot be read. */
  async get(reqId: string, target: string): Promise<Target | undefined> {
    const { Item } = await this.db.send(
      new GetCommand({ TableName: this.table, Key: { req_id: reqId, target }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : this.read(Item)[0];
  }

  /** Those of a request that can be read. */
  async of(reqId: string): Promise<Target[]> {
    const items: Target[] = [];
    const found = queryItems((start) =>
      this.db.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "req_id = :id",
          ExpressionAttributeValues: { ":id": reqId },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      ),
    );
    for await (const item of found) items.push(...this.read(item));
    return items;
  }

  /** The target; none if it cannot be read, which is told of. */
  private read(item: Record<string, unknown>): Target[] {
    const parsed = targetSchema.safeParse(item);
    if (parsed.success) return [parsed.data];
    const key = `${item["req_id"]} ${item["target"]}`;
    this.onUnreadable({ kind: "target", key, problem: z.prettifyError(parsed.error) });
    return [];
  }

  /** RESOLVED → READY, which starts the fan-out; nothing happens to one that is further. */
  async markReady(reqId: string, target: string): Promise<void> {
    const write = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId, target },
      UpdateExpression: "SET #state = :ready",
      ConditionExpression: "#state = :resolved",
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues: { ":ready": "READY", ":resolved": "RESOLVED" },
    });
    try {
      await this.db.send(write);
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  /**
   * Starts the fan-out of a READY target once more: a change of its item is what starts it.
   * @param calls another number each time, for the stream tells of no write that changes nothing
   */
  async callAgain(reqId: string, target: string, calls: number): Promise<void> {
    const write = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId, target },
      UpdateExpression: "SET called_again = :calls",
      ConditionExpression: "#state = :ready",
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues: { ":ready": "READY", ":calls": calls },
    });
    try {
      await this.db.send(write);
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  /**
   * READY → SENT, and one more in the request's `targets_sent`, both or neither. The request says when that was last, by
   * which Watch sees that the fan-out goes on. False when it was SENT already.
   */
  async markSent(reqId: string, target: string): Promise<boolean> {
    const write = new TransactWriteCommand({
      TransactItems: [
        {
          Update: {
            TableName: this.table,
            Key: { req_id: reqId, target },
            UpdateExpression: "SET #state = :sent",
            ConditionExpression: "#state = :ready",
            ExpressionAttributeNames: { "#state": "state" },
            ExpressionAttributeValues: { ":sent": "SENT", ":ready": "READY" },
          },
        },
        {
          Update: {
            TableName: this.requestTable,
            Key: { req_id: reqId },
            UpdateExpression: "SET sent_at = :now ADD targets_sent :one",
            ConditionExpression: "attribute_exists(active)",
            ExpressionAttributeValues: { ":one": 1, ":now": Date.now() },
          },
        },
      ],
    });
    return whetherConditionHolds(() => this.db.send(write));
  }
}
