import { type DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { OnUnreadable } from "../domain/log-fields.ts";
import { type Target, type TargetStore, targetSchema } from "../domain/plan/target.ts";
import { whetherConditionHolds } from "./conditional-writes.ts";
import { putItems, queryItems } from "./dynamodb.ts";

/** The Request-Pop table: what each POP of a request has to warm, and whether its tasks are queued. */
export class RequestPopTable implements TargetStore {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
    /** Name of the Request table, whose count of sent targets moves with a target's state. */
    private readonly requestTable: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  async put(items: readonly Target[]): Promise<void> {
    await putItems(this.db, this.table, items);
  }

  /** Those of a request that can be read. */
  async of(reqId: string): Promise<Target[]> {
    const items: Target[] = [];
    const found = queryItems(this.db, {
      TableName: this.table,
      KeyConditionExpression: "req_id = :id",
      ExpressionAttributeValues: { ":id": reqId },
      ConsistentRead: true,
    });
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
    const values = { ":ready": "READY", ":resolved": "RESOLVED" };
    await this.update(reqId, target, "SET #state = :ready", "#state = :resolved", values);
  }

  /**
   * Starts the fan-out of a READY target once more: a change of its item is what starts it.
   * @param calls another number each time, for the stream tells of no write that changes nothing
   */
  async callAgain(reqId: string, target: string, calls: number): Promise<void> {
    const values = { ":ready": "READY", ":calls": calls };
    await this.update(reqId, target, "SET called_again = :calls", "#state = :ready", values);
  }

  /**
   * → SENT, and as many more in the request's `targets_sent`, all or nothing. The request says when that was last, by
   * which Watch sees that the fan-out goes on. False when it was SENT already.
   */
  async markSent(reqId: string, targets: readonly Target[]): Promise<boolean> {
    const sent = targets.map(({ target }) => ({
      Update: {
        TableName: this.table,
        Key: { req_id: reqId, target },
        UpdateExpression: "SET #state = :sent",
        ConditionExpression: "#state = :resolved OR #state = :ready",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":sent": "SENT", ":resolved": "RESOLVED", ":ready": "READY" },
      },
    }));
    const counted = {
      Update: {
        TableName: this.requestTable,
        Key: { req_id: reqId },
        UpdateExpression: "SET sent_at = :now ADD targets_sent :more",
        ConditionExpression: "attribute_exists(active)",
        ExpressionAttributeValues: { ":more": targets.length, ":now": Date.now() },
      },
    };
    return whetherConditionHolds(() => this.db.send(new TransactWriteCommand({ TransactItems: [...sent, counted] })));
  }

  /** Nothing happens if the condition does not hold. */
  private async update(
    reqId: string,
    target: string,
    UpdateExpression: string,
    ConditionExpression: string,
    ExpressionAttributeValues: Record<string, string | number>,
  ): Promise<void> {
    const write = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId, target },
      UpdateExpression,
      ConditionExpression,
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues,
    });
    await whetherConditionHolds(() => this.db.send(write));
  }
}
