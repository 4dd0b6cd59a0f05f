import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import {
  ACTIVE,
  ACTIVE_INDEX,
  type RequestItem,
  requestItemSchema,
  SETTLE_AGAIN_SECONDS,
  SETTLE_DUE,
} from "../domain/request/request-item.ts";
import type { Status, TerminalStatus } from "../domain/request/status.ts";
import { formatTimestamp } from "../domain/request/timestamps.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import { isConditionFailure, withConflictRetry } from "./conflicts.ts";

/** An active request as the index shows it: enough to look after it. The index lags behind the table by moments. */
const activeRequestSchema = z.object({
  req_id: z.string(),
  /** As written: a newer version may know more of them. */
  status: z.string(),
  last_update_time: z.string(),
  timeout_at: z.string(),
});
export type ActiveRequest = z.infer<typeof activeRequestSchema>;

type Fields = Partial<Omit<RequestItem, "req_id" | "status" | "active">>;

/** The Request table: the one place where a request's state is read and changed. */
export class RequestTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  async put(item: RequestItem): Promise<void> {
    await this.db.send(
      new PutCommand({ TableName: this.table, Item: item, ConditionExpression: "attribute_not_exists(req_id)" }),
    );
  }

  async delete(reqId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { req_id: reqId } }));
  }

  /** Undefined also for one that cannot be read: it is passed over, as everywhere. */
  async get(reqId: string): Promise<RequestItem | undefined> {
    const { Item } = await this.db.send(
      new GetCommand({ TableName: this.table, Key: { req_id: reqId }, ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    const parsed = requestItemSchema.safeParse(Item);
    if (parsed.success) return parsed.data;
    this.passOver(reqId, parsed.error);
    return undefined;
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

  /** The active requests, as the index shows them. */
  async listActive(): Promise<ActiveRequest[]> {
    const found: ActiveRequest[] = [];
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
      for (const item of page.Items ?? []) {
        const parsed = activeRequestSchema.safeParse(item);
        if (parsed.success) found.push(parsed.data);
        else this.passOver(item["req_id"], parsed.error);
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return found;
  }

  /** The active requests, each read from the table before it is believed. One that cannot be read does not hold up the others. */
  async active(): Promise<RequestItem[]> {
    const items = await Promise.all((await this.listActive()).map(({ req_id }) => this.get(req_id)));
    return items.filter((item): item is RequestItem => item?.active === ACTIVE);
  }

  /** Moves an active request on from `from`; false when it is not there any more (a step that ran twice, a stop). */
  async advance(reqId: string, from: Status, to: Status, fields: Fields = {}): Promise<boolean> {
    return this.update(reqId, { ...fields, status: to }, "#status = :from", { ":from": from });
  }

  /**
   * Ends an active request; false when it has ended already. Its headers go with that: nobody needs them any more. The list
   * is left empty, because an older version does not read an item without it.
   */
  async end(reqId: string, to: TerminalStatus, fields: Fields = {}): Promise<boolean> {
    const ended = { ...fields, status: to, header: [] };
    return this.update(reqId, ended, "attribute_exists(active)", {}, ["active", "settle"]);
  }

  /** Writes fields of a request whose status is `status`; false when it is not. */
  async amend(reqId: string, status: Status, fields: Fields): Promise<boolean> {
    return this.update(reqId, fields, "#status = :from", { ":from": status });
  }

  /** Changes how many instances an active request wishes for; nothing happens once it has ended. */
  async setInstanceCount(reqId: string, instanceCount: number): Promise<void> {
    await this.update(reqId, { instance_count: instanceCount }, "attribute_exists(active)", {});
  }

  /**
   * Asks Shutdown, through the stream, for a recount, unless one is due. `last_update_time` stays as it is, because the
   * request has not moved by this. Shutdown passes over one that has ended: to look at `active` here, an agent would need
   * the permission to change it too, for IAM does not tell a condition from a change.
   */
  async askToSettle(reqId: string): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      UpdateExpression: "SET settle = :due, settle_at = :now",
      ConditionExpression:
        "attribute_exists(req_id) AND (attribute_not_exists(settle) OR NOT settle_at BETWEEN :old AND :now)",
      ExpressionAttributeValues: { ":due": SETTLE_DUE, ":now": now, ":old": now - SETTLE_AGAIN_SECONDS },
    });
    await this.whetherConditionHolds(() => this.db.send(update));
  }

  /**
   * Lets an active request go on after a recount.
   * @param countAsRead only if `download_count` still has this value. @default whatever it has
   * @returns false when the count has moved, or the request has ended
   */
  async goOn(reqId: string, fields: Fields, countAsRead?: number): Promise<boolean> {
    const unmoved = countAsRead === undefined ? "" : " AND download_count = :countAsRead";
    const values = countAsRead === undefined ? {} : { ":countAsRead": countAsRead };
    return this.update(reqId, fields, `attribute_exists(active)${unmoved}`, values, ["settle"]);
  }

  /** Marks an ended request as wound down. */
  async close(reqId: string, fields: Fields): Promise<boolean> {
    return this.update(reqId, { ...fields, closed: true }, "attribute_not_exists(active)", {});
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

  private passOver(reqId: unknown, error: z.ZodError): void {
    this.onUnreadable({ kind: "request", key: String(reqId), problem: z.prettifyError(error) });
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
