import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import {
  ACTIVE,
  ACTIVE_INDEX,
  ASK_TO_SETTLE,
  type RequestItem,
  requestItemSchema,
  SETTLE_AGAIN_SECONDS,
  SETTLE_DUE,
} from "../domain/request/request-item.ts";
import type { Status, TerminalStatus } from "../domain/request/status.ts";
import { formatTimestamp } from "../domain/request/timestamps.ts";
import { isConditionFailure, withConflictRetry } from "./conflicts.ts";

/** What a batch of results adds to a request's counters. */
export interface Progress {
  readonly count: number;
  readonly size: number;
  readonly failed: number;
}

type Fields = Partial<Omit<RequestItem, "req_id" | "status" | "active">>;

/** The Request table: the one place where a request's state is read and changed. */
export class RequestTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  async put(item: RequestItem): Promise<void> {
    await this.db.send(
      new PutCommand({ TableName: this.table, Item: item, ConditionExpression: "attribute_not_exists(req_id)" }),
    );
  }

  async delete(reqId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { req_id: reqId } }));
  }

  async get(reqId: string): Promise<RequestItem | undefined> {
    const { Item } = await this.db.send(
      new GetCommand({ TableName: this.table, Key: { req_id: reqId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : requestItemSchema.parse(Item);
  }

  /** Whether a request goes on. Its item is not read whole: one that somebody spoilt must not hold up the others. */
  async isActive(reqId: string): Promise<boolean> {
    const { Item } = await this.db.send(
      new GetCommand({
        TableName: this.table,
        Key: { req_id: reqId },
        ProjectionExpression: "active",
        ConsistentRead: true,
      }),
    );
    return Item?.["active"] !== undefined;
  }

  /** The active requests. The index lags behind the table, so each is read again before it is believed. */
  async active(): Promise<RequestItem[]> {
    const ids: string[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.db.send(
        new QueryCommand({
          TableName: this.table,
          IndexName: ACTIVE_INDEX,
          KeyConditionExpression: "active = :y",
          ExpressionAttributeValues: { ":y": ACTIVE },
          ExclusiveStartKey: start,
        }),
      );
      ids.push(...(page.Items ?? []).map((item) => String(item["req_id"])));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    // One that cannot be read, by an older hand or from another version, must not hold up the others.
    const items = await Promise.all(ids.map((id) => this.get(id).catch(ignoreInvalid)));
    return items.filter((item): item is RequestItem => item?.active === ACTIVE);
  }

  /** Moves an active request on from `from`; false when it is not there any more (a step that ran twice, a stop). */
  async advance(reqId: string, from: Status, to: Status, fields: Fields = {}): Promise<boolean> {
    return this.update(reqId, { ...fields, status: to }, "#status = :from", { ":from": from });
  }

  /** Ends an active request; false when it has ended already. */
  async end(reqId: string, to: TerminalStatus, fields: Fields = {}): Promise<boolean> {
    return this.update(reqId, { ...fields, status: to }, "attribute_exists(active)", {}, ["active", "settle"]);
  }

  /** Writes fields of a request whose status is `status`; false when it is not. */
  async amend(reqId: string, status: Status, fields: Fields): Promise<boolean> {
    return this.update(reqId, fields, "#status = :from", { ":from": status });
  }

  /** Changes how many instances an active request wishes for; nothing happens once it has ended. */
  async setInstanceCount(reqId: string, instanceCount: number): Promise<void> {
    await this.update(reqId, { instance_count: instanceCount }, "attribute_exists(active)", {});
  }

  /** Asks Shutdown for a recount, unless one is due or the request has ended. Nothing has moved by that. */
  async askToSettle(reqId: string): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      ...ASK_TO_SETTLE,
      ExpressionAttributeValues: { ":due": SETTLE_DUE, ":now": now, ":old": now - SETTLE_AGAIN_SECONDS },
    });
    await this.whetherConditionHolds(() => this.db.send(update));
  }

  /**
   * Lets an active request go on after a recount. With `asRead`, only if its count of downloads is still that: false
   * when it has moved meanwhile, or the request has ended.
   */
  async goOn(reqId: string, fields: Fields, asRead?: number): Promise<boolean> {
    const unmoved = asRead === undefined ? "" : " AND download_count = :asRead";
    const values = asRead === undefined ? {} : { ":asRead": asRead };
    return this.update(reqId, fields, `attribute_exists(active)${unmoved}`, values, ["settle"]);
  }

  /** Marks an ended request as wound down. */
  async close(reqId: string, fields: Fields): Promise<boolean> {
    return this.update(reqId, { ...fields, closed: true }, "attribute_not_exists(active)", {});
  }

  /**
   * Adds to the counters of an active request, once for a token (DynamoDB remembers it for ten minutes).
   * `at` must be the same when a batch is tried again. False when the request has ended: its numbers stand.
   */
  async addProgress(reqId: string, progress: Progress, at: Date, token: string): Promise<boolean> {
    const update = {
      TableName: this.table,
      Key: { req_id: reqId },
      UpdateExpression:
        "SET last_update_time = :at ADD download_count :count, download_size :size, failed_count :failed",
      ConditionExpression: "attribute_exists(active)",
      ExpressionAttributeValues: {
        ":at": formatTimestamp(at),
        ":count": progress.count,
        ":size": progress.size,
        ":failed": progress.failed,
      },
    };
    return this.whetherConditionHolds(() =>
      this.db.send(new TransactWriteCommand({ TransactItems: [{ Update: update }], ClientRequestToken: token })),
    );
  }

  private async update(
    reqId: string,
    fields: Record<string, unknown>,
    condition: string,
    values: Record<string, unknown>,
    remove: readonly string[] = [],
  ): Promise<boolean> {
    const set = { last_update_time: formatTimestamp(new Date()), ...fields };
    const names = Object.keys(set);
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      UpdateExpression:
        `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}` +
        (remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""),
      ConditionExpression: `attribute_exists(req_id) AND ${condition}`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ...(condition.includes("#status") ? { "#status": "status" } : {}),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(set).map(([k, v]) => [`:${k}`, v])),
        ...values,
      },
    });
    return this.whetherConditionHolds(() => this.db.send(update));
  }

  private async whetherConditionHolds(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await withConflictRetry(write);
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }
}

function ignoreInvalid(error: unknown): undefined {
  if (!(error instanceof z.ZodError)) throw error;
}
