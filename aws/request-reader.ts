import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type ListedRequest, listedRequestSchema, type Place, placeSchema } from "../domain/request/listed-request.ts";
import { isPossibleId } from "../domain/request/request-id.ts";
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
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
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

/** The Request table for those who only read it: the items, and the three indexes, which lag behind by moments. */
export class RequestReader {
  constructor(
    protected readonly db: DynamoDBDocumentClient,
    protected readonly table: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  /** Undefined also for one that cannot be read: it is passed over, as everywhere. An impossible id is no request's. */
  async get(reqId: string): Promise<RequestItem | undefined> {
    if (!isPossibleId(reqId)) return undefined;
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
    if (!isPossibleId(reqId)) return false;
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
    if (!isPossibleId(reqId)) return undefined;
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

  /** The active requests, each read from the table before it is believed. One that cannot be read does not hold up the others. */
  async active(): Promise<RequestItem[]> {
    const items = await Promise.all((await this.listActive()).map(({ req_id }) => this.get(req_id)));
    return items.filter((item): item is RequestItem => item?.active === ACTIVE);
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
