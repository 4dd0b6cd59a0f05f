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
import { type ListedRequest, listedRequestSchema, type Place, placeSchema } from "../domain/request/listed-request.ts";
import {
  ACTIVE,
  ACTIVE_INDEX,
  CLOSING,
  CLOSING_INDEX,
  LISTED,
  NEWEST_INDEX,
  type RequestItem,
  requestItemSchema,
  STANDING_ATTRIBUTES,
  type Standing,
  standingSchema,
} from "../domain/request/request-item.ts";
import type { Status } from "../domain/request/status.ts";
import { formatTimestamp } from "../domain/request/timestamps.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import { whetherConditionHolds } from "./conflicts.ts";
import { queryItems } from "./query-items.ts";

/** An active request as the index shows it: enough to look after it. The index lags behind the table by moments. */
const activeRequestSchema = z.object({
  req_id: z.string(),
  /** As written: a newer version may know more of them. */
  status: z.string(),
  last_update_time: z.string(),
  timeout_at: z.string(),
});
export type ActiveRequest = z.infer<typeof activeRequestSchema>;

/** A request that has ended and was not closed, as the index shows it. */
const closingRequestSchema = z.object({ req_id: z.string(), last_update_time: z.string() });
export type ClosingRequest = z.infer<typeof closingRequestSchema>;

/** Some of all requests. */
export interface RequestPage {
  readonly requests: readonly ListedRequest[];
  /** Where it ends; undefined: there are no older ones. */
  readonly end: Place | undefined;
}

export type Fields = Partial<Omit<RequestItem, "req_id" | "status" | "active">>;

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

  /**
   * Puts a request that tries another one again, and says so on that one's item: both or neither.
   * @param before the other one, as it was read
   * @returns false: meanwhile another request tries it again
   */
  async putRetry(item: RequestItem, before: Pick<RequestItem, "req_id" | "retried_by">): Promise<boolean> {
    const { retried_by: gone } = before;
    const first = "attribute_not_exists(retried_by)";
    const write = new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: this.table, Item: item, ConditionExpression: "attribute_not_exists(req_id)" } },
        {
          Update: {
            TableName: this.table,
            Key: { req_id: before.req_id },
            UpdateExpression: "SET retried_by = :by",
            ConditionExpression:
              "attribute_exists(req_id) AND attribute_not_exists(active) AND " +
              (gone === undefined ? first : `(${first} OR retried_by = :gone)`),
            ExpressionAttributeValues: { ":by": item.req_id, ...(gone === undefined ? {} : { ":gone": gone }) },
          },
        },
      ],
    });
    return whetherConditionHolds(() => this.db.send(write));
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

  /** How an active request stands; undefined also for one that has ended, or cannot be read. Headers stay unread. */
  async standing(reqId: string): Promise<Standing | undefined> {
    // Some of the names, such as `status`, are words of DynamoDB's own.
    const names = STANDING_ATTRIBUTES.map((name) => [`#${name}`, name]);
    const { Item } = await this.db.send(
      new GetCommand({
        TableName: this.table,
        Key: { req_id: reqId },
        ProjectionExpression: names.map(([placeholder]) => placeholder).join(", "),
        ExpressionAttributeNames: Object.fromEntries(names),
        ConsistentRead: true,
      }),
    );
    if (Item?.["active"] === undefined) return undefined;
    const parsed = standingSchema.safeParse(Item);
    if (parsed.success) return parsed.data;
    this.passOver(reqId, parsed.error);
    return undefined;
  }

  /** The active requests, as the index shows them. */
  async listActive(): Promise<ActiveRequest[]> {
    return this.list(
      activeRequestSchema,
      (start) =>
        new QueryCommand({
          TableName: this.table,
          IndexName: ACTIVE_INDEX,
          KeyConditionExpression: "active = :y",
          ExpressionAttributeValues: { ":y": ACTIVE },
          ExclusiveStartKey: start,
        }),
    );
  }

  /** Those that have ended and still hold something, as the index shows them. */
  async listClosing(): Promise<ClosingRequest[]> {
    return this.list(
      closingRequestSchema,
      (start) =>
        new QueryCommand({
          TableName: this.table,
          IndexName: CLOSING_INDEX,
          KeyConditionExpression: "closing = :y",
          ExpressionAttributeValues: { ":y": CLOSING },
          ExclusiveStartKey: start,
        }),
    );
  }

  /**
   * Some of all requests, the newest first, as the index shows them. One that cannot be read is passed over.
   * @param most of those that are looked at
   * @param after where the page before ended
   * @param status of those that are wanted. @default any
   */
  async page(most: number, after: Place | undefined, status?: Status): Promise<RequestPage> {
    const { Items = [], LastEvaluatedKey } = await this.db.send(
      new QueryCommand({
        TableName: this.table,
        IndexName: NEWEST_INDEX,
        KeyConditionExpression: "listed = :y",
        ...(status === undefined
          ? {}
          : { FilterExpression: "#status = :status", ExpressionAttributeNames: { "#status": "status" } }),
        ExpressionAttributeValues: { ":y": LISTED, ...(status === undefined ? {} : { ":status": status }) },
        ScanIndexForward: false,
        Limit: most,
        ExclusiveStartKey: after === undefined ? undefined : { ...after, listed: LISTED },
      }),
    );
    const { data: end } = placeSchema.safeParse(LastEvaluatedKey);
    return { requests: this.readable(listedRequestSchema, Items), end };
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

  /** Writes fields of a request whose status is `status`; false when it is not. */
  async amend(reqId: string, status: Status, fields: Fields): Promise<boolean> {
    return this.update(reqId, fields, "#status = :from", { ":from": status });
  }

  /** Writes fields of a request whose sources are being read; false when that is over. */
  async amendExpanding(reqId: string, fields: Fields): Promise<boolean> {
    const reading = "#status = :from AND attribute_not_exists(expanded)";
    return this.update(reqId, fields, reading, { ":from": "EXPANDING" });
  }

  /** Changes how many instances an active request wishes for; nothing happens once it has ended. */
  async setInstanceCount(reqId: string, instanceCount: number): Promise<void> {
    await this.update(reqId, { instance_count: instanceCount }, "attribute_exists(active)", {});
  }

  /** Notes when the queue was seen empty; undefined: what was noted counts no more. The request has not moved by this. */
  async noteEmptyQueue(reqId: string, at: number | undefined): Promise<void> {
    if (at === undefined) await this.write(reqId, {}, "attribute_exists(active)", {}, ["empty_seen_at"]);
    else await this.write(reqId, { empty_seen_at: at }, "attribute_exists(active)", {}, []);
  }

  /**
   * Takes the right to queue what is missing again, for the time after `requeues` times.
   * @returns false when another look has it, or the request has ended
   */
  async claimRequeue(reqId: string, requeues: number): Promise<boolean> {
    const condition = "attribute_exists(active) AND requeues = :before";
    return this.update(reqId, { requeues: requeues + 1 }, condition, { ":before": requeues }, ["empty_seen_at"]);
  }

  /**
   * Counts that a step is called again. The change of the item is what calls it: the stream's filter is on the status.
   * @returns false when it has moved on, or somebody else has called it
   */
  async nudge({ req_id, status, nudges }: Pick<RequestItem, "req_id" | "status" | "nudges">): Promise<boolean> {
    // Absent in what an older version wrote.
    const before = nudges === 0 ? "(attribute_not_exists(nudges) OR nudges = :before)" : "nudges = :before";
    const values = { ":from": status, ":before": nudges };
    return this.update(req_id, { nudges: nudges + 1 }, `#status = :from AND ${before}`, values);
  }

  /** Notes that the end of a request was told. It has not moved by this, nor by being closed: its end is its last move. */
  async noteAnnounced(reqId: string): Promise<void> {
    await this.write(reqId, { announced: true }, "attribute_not_exists(active)", {}, []);
  }

  /** Marks an ended request as wound down. */
  async close(reqId: string, fields: Fields): Promise<boolean> {
    return this.write(reqId, { ...fields, closed: true }, "attribute_not_exists(active)", {}, ["closing"]);
  }

  /**
   * Writes fields, and that the request has moved now. Clocks differ, and what was written last says the later time: then
   * `last_update_time` stays as it is, for it never goes back.
   */
  protected async update(
    reqId: string,
    fields: Record<string, unknown>,
    condition: string,
    values: Record<string, unknown>,
    remove: readonly string[] = [],
  ): Promise<boolean> {
    const moved = { ...fields, last_update_time: formatTimestamp(new Date()) };
    const forward = `${condition} AND NOT last_update_time > :last_update_time`;
    if (await this.write(reqId, moved, forward, values, remove)) return true;
    return this.write(reqId, fields, condition, values, remove);
  }

  private async write(
    reqId: string,
    set: Record<string, unknown>,
    condition: string,
    values: Record<string, unknown>,
    remove: readonly string[],
  ): Promise<boolean> {
    const names = Object.keys(set);
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      UpdateExpression:
        (names.length > 0 ? `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}` : "") +
        (remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""),
      ConditionExpression: `attribute_exists(req_id) AND ${condition}`,
      ...unlessEmpty("ExpressionAttributeNames", {
        ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ...(condition.includes("#status") ? { "#status": "status" } : {}),
      }),
      ...unlessEmpty("ExpressionAttributeValues", {
        ...Object.fromEntries(Object.entries(set).map(([k, v]) => [`:${k}`, v])),
        ...values,
      }),
    });
    return whetherConditionHolds(() => this.db.send(update));
  }

  private async list<T>(schema: z.ZodType<T>, query: (start?: Record<string, unknown>) => QueryCommand): Promise<T[]> {
    const items: Record<string, unknown>[] = [];
    for await (const item of queryItems((start) => this.db.send(query(start)))) items.push(item);
    return this.readable(schema, items);
  }

  private readable<T>(schema: z.ZodType<T>, items: readonly Record<string, unknown>[]): T[] {
    return items.flatMap((item) => {
      const parsed = schema.safeParse(item);
      if (parsed.success) return [parsed.data];
      this.passOver(item["req_id"], parsed.error);
      return [];
    });
  }

  private passOver(reqId: unknown, error: z.ZodError): void {
    this.onUnreadable({ kind: "request", key: String(reqId), problem: z.prettifyError(error) });
  }
}

/** DynamoDB refuses names or values that are given and empty. */
function unlessEmpty<K extends string, V extends object>(key: K, value: V): Partial<Record<K, V>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<K, V>);
}
