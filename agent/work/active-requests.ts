import { type DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  ACTIVE,
  ACTIVE_INDEX,
  ASK_TO_SETTLE,
  SETTLE_AGAIN_SECONDS,
  SETTLE_DUE,
} from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/** For so long an answer is believed: a stopped request's tasks are downloaded a few seconds longer at most. */
const BELIEVED_MS = 3_000;

/** An active request, as far as an agent looks after it. */
export interface ActiveRequest {
  readonly reqId: string;
  readonly status: string;
  readonly lastUpdate: Date;
  readonly timeoutAt: Date;
}

/** Which requests are active, as the Request table says. */
export class ActiveRequests {
  private readonly known = new Map<string, { readonly at: number; readonly active: Promise<boolean> }>();

  constructor(
    private readonly db: DynamoDBClient,
    private readonly table: string,
  ) {}

  /** Whether a request's tasks are still wanted. Asks once in a few seconds, however many tasks there are. */
  isActive(reqId: string): Promise<boolean> {
    const known = this.known.get(reqId);
    if (known !== undefined && performance.now() - known.at < BELIEVED_MS) return known.active;
    const active = this.ask(reqId);
    this.known.set(reqId, { at: performance.now(), active });
    // A look-up that failed is not believed.
    active.catch(() => this.known.delete(reqId));
    return active;
  }

  async list(): Promise<ActiveRequest[]> {
    const { Items } = await this.db.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: ACTIVE_INDEX,
        KeyConditionExpression: "active = :y",
        ExpressionAttributeValues: { ":y": { S: ACTIVE } },
      }),
    );
    return (Items ?? []).map((item) => ({
      reqId: item["req_id"]?.S ?? "",
      status: item["status"]?.S ?? "",
      lastUpdate: parseTimestamp(item["last_update_time"]?.S ?? ""),
      timeoutAt: parseTimestamp(item["timeout_at"]?.S ?? ""),
    }));
  }

  /** Asks Shutdown, through the stream, to recount a request; nothing happens if that is due already. */
  async askToSettle(reqId: string): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    try {
      await this.db.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { req_id: { S: reqId } },
          ...ASK_TO_SETTLE,
          ExpressionAttributeValues: {
            ":due": { S: SETTLE_DUE },
            ":now": { N: String(now) },
            ":old": { N: String(now - SETTLE_AGAIN_SECONDS) },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
    }
  }

  private async ask(reqId: string): Promise<boolean> {
    const { Item } = await this.db.send(
      new GetItemCommand({
        TableName: this.table,
        Key: { req_id: { S: reqId } },
        ProjectionExpression: "active",
        ConsistentRead: true,
      }),
    );
    return Item?.["active"] !== undefined;
  }
}
