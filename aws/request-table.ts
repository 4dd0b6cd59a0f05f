import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import * as z from "zod";
import type { OnUnreadable } from "../domain/log-fields.ts";
import {
  ACTIVE_STATES,
  type AdvancingEvent,
  attributesOf,
  ENDED_STATES,
  type EndingEvent,
  EVENTS,
  type State,
  type Status,
  stateOf,
} from "../domain/request/lifecycle.ts";
import {
  ACTIVE,
  ACTIVE_INDEX,
  CLOSING,
  CLOSING_INDEX,
  isPossibleId,
  LISTED,
  type ListedRequest,
  listedRequestSchema,
  NEWEST_INDEX,
  type Place,
  placeSchema,
  type RequestItem,
  requestItemSchema,
  STANDING_ATTRIBUTES,
  type Standing,
  standingSchema,
} from "../domain/request/request-item.ts";
import { formatTimestamp } from "../domain/timestamps.ts";
import type { AsyncFunction } from "./async-function.ts";
import {
  failedConditions,
  isConditionFailure,
  isConflict,
  itemUpdate,
  whetherConditionHolds,
  withConflictRetry,
} from "./conditional-writes.ts";
import { queryItems } from "./dynamodb.ts";

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

export type Fields = Partial<Omit<RequestItem, "req_id" | "status" | "active">>;

/** Key of the item that has the ids of those who hold a permit to be active. No request has it: it is no possible id. */
const PERMITS = "active permits";
const READS_AT_ONCE = 16;
/**
 * Every request that is put writes the item of permits, and DynamoDB cancels all but one of the transactions that meet there. With these
 * pauses, 50 that come at once and take a tenth of a second each are all carried out within ten seconds: test/aws/permits.test.ts.
 */
const CONTENDED = { attempts: 20, firstMs: 50, longestMs: 1_000 };

const holdersSchema = z.set(z.string()).default(new Set());

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/** The id of a request that is to be put is another one's. */
export class RequestExistsError extends Error {
  override readonly name = "RequestExistsError";
  constructor(readonly reqId: string) {
    super(`There is a request ${reqId} already`);
  }
}

/** The Request table: the one place where a request's state is changed, each change under its condition. */
export class RequestTable extends RequestReader {
  /** @param shutdown is invoked for each request that ends: there is no other way to end one, so none is forgotten */
  constructor(
    db: DynamoDBDocumentClient,
    table: string,
    onUnreadable: OnUnreadable,
    private readonly shutdown: Pick<AsyncFunction, "invoke">,
  ) {
    super(db, table, onUnreadable);
  }

  /**
   * Puts a request, unless as many as `maxActive` are active.
   * @returns FULL: so many are; BUSY: so many others are put at this moment that this one found no turn
   */
  async put(item: RequestItem, maxActive: number): Promise<"PUT" | "FULL" | "BUSY"> {
    return this.putWithin(item, maxActive, []);
  }

  /**
   * Puts a request that tries another one again, and says so on that one's item: both or neither.
   * @param before the other one, as it was read
   * @returns RETRIED: meanwhile another request tries it again
   */
  async putRetry(
    item: RequestItem,
    before: Pick<RequestItem, "req_id" | "retried_by">,
    maxActive: number,
  ): Promise<"PUT" | "FULL" | "BUSY" | "RETRIED"> {
    const { retried_by: gone } = before;
    const first = "attribute_not_exists(retried_by)";
    const link = {
      Update: {
        TableName: this.table,
        Key: { req_id: before.req_id },
        UpdateExpression: "SET retried_by = :by",
        ConditionExpression:
          "attribute_exists(req_id) AND attribute_not_exists(active) AND " +
          (gone === undefined ? first : `(${first} OR retried_by = :gone)`),
        ExpressionAttributeValues: { ":by": item.req_id, ...(gone === undefined ? {} : { ":gone": gone }) },
      },
    };
    return this.putWithin<"RETRIED">(item, maxActive, [{ item: link, failed: "RETRIED" }]);
  }

  /**
   * Puts a request and takes one of `maxActive` permits for it in one transaction, so that no number of calls at once puts more. The
   * permits are a set of ids in an item of their own. Whoever ends a request gives none back: a permit is free once its
   * request is not active, which is looked at when no permit is left. So none can be lost, whoever dies when.
   * @param more writes of the same transaction, and what is returned where the condition of one does not hold
   */
  private async putWithin<Failed extends string = never>(
    item: RequestItem,
    maxActive: number,
    more: readonly { readonly item: TransactItem; readonly failed: Failed }[],
  ): Promise<"PUT" | "FULL" | "BUSY" | Failed> {
    const put = { TableName: this.table, Item: item, ConditionExpression: "attribute_not_exists(req_id)" };
    const permit = {
      TableName: this.table,
      Key: { req_id: PERMITS },
      UpdateExpression: "ADD holders :holder",
      ConditionExpression: "attribute_not_exists(holders) OR size(holders) < :most",
      ExpressionAttributeValues: { ":holder": new Set([item.req_id]), ":most": maxActive },
    };
    const TransactItems = [{ Put: put }, { Update: permit }, ...more.map((one) => one.item)];
    const transact = () => this.db.send(new TransactWriteCommand({ TransactItems }));
    try {
      for (;;) {
        const [failed, ...others] = await failedConditions(transact, CONTENDED);
        if (failed === undefined) return "PUT";
        if (failed === 0) throw new RequestExistsError(item.req_id);
        const refused = more[(others.at(-1) ?? failed) - 2];
        if (refused !== undefined) return refused.failed;
        if ((await this.freePermits()) === 0) return "FULL";
      }
    } catch (error) {
      if (isConflict(error)) return "BUSY";
      throw error;
    }
  }

  /** Frees the permits of requests that are not active any more, or were deleted: neither becomes active again. @returns how many */
  private async freePermits(): Promise<number> {
    const { Item } = await this.db.send(
      new GetCommand({ TableName: this.table, Key: { req_id: PERMITS }, ConsistentRead: true }),
    );
    const holders = [...holdersSchema.parse(Item?.["holders"])];
    const active = await pMap(holders, (reqId) => this.isActive(reqId), { concurrency: READS_AT_ONCE });
    const ended = holders.filter((_, i) => active[i] === false);
    if (ended.length === 0) return 0;
    const free = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: PERMITS },
      UpdateExpression: "DELETE holders :ended",
      ExpressionAttributeValues: { ":ended": new Set(ended) },
    });
    await withConflictRetry(() => this.db.send(free), CONTENDED);
    return ended.length;
  }

  async delete(reqId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { req_id: reqId } }));
  }

  /** Moves a request to its next state; false when it is in none of the event's states any more (a step that ran twice, a stop). */
  async advance(reqId: string, event: AdvancingEvent, fields: Fields = {}): Promise<boolean> {
    const { from, to } = EVENTS[event];
    const { status, ...marks } = attributesOf(to);
    const isNew = from.some((state) => attributesOf(state).status !== status);
    return this.update(reqId, { ...fields, ...marks, ...(isNew ? { status } : {}) }, inStates(from));
  }

  /**
   * Ends an active request, and has Shutdown clean up; false when it has ended already. Its headers and sources go with that: nobody
   * needs them any more, and there may be secrets in them. If the process ends before Shutdown is invoked, Watch finds `closing`.
   */
  async end(reqId: string, event: EndingEvent, fields: Fields = {}): Promise<boolean> {
    const { from, to } = EVENTS[event];
    const ended = { ...fields, status: to, header: [], variants: [], sources: [], closing: CLOSING };
    if (!(await this.update(reqId, ended, inStates(from), ["active", "empty_seen_at"]))) return false;
    await this.shutdown.invoke(reqId);
    return true;
  }

  /** Writes fields of a request that is in a state; false when it is not. */
  async amend(reqId: string, state: State, fields: Fields): Promise<boolean> {
    return this.update(reqId, fields, inStates([state]));
  }

  /** Changes how many instances an active request wishes for; nothing happens once it has ended. */
  async setInstanceCount(reqId: string, instanceCount: number): Promise<void> {
    await this.update(reqId, { instance_count: instanceCount }, IS_ACTIVE);
  }

  /** Notes something of an active request; undefined removes what was noted. The request has not moved by this. */
  async note(reqId: string, notes: Pick<Fields, "empty_seen_at" | "missing_instances">): Promise<void> {
    const removed = Object.entries(notes).flatMap(([name, value]) => (value === undefined ? [name] : []));
    const set = Object.fromEntries(Object.entries(notes).filter(([, value]) => value !== undefined));
    await this.write(reqId, set, IS_ACTIVE, removed);
  }

  /**
   * Records a percentage that the API reports of a request, unless a higher one was, or its exact counts stand. It has not moved by this.
   * Somebody waits for the answer with it, so it is not tried again while another write is in its way.
   */
  async recordReportedPercentage(reqId: string, percentage: number): Promise<void> {
    const condition =
      "attribute_exists(req_id) AND attribute_not_exists(verdict) AND " +
      "(attribute_not_exists(max_reported_percentage) OR max_reported_percentage < :max_reported_percentage)";
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      ...itemUpdate({ max_reported_percentage: percentage }, [], condition, {}),
    });
    try {
      await this.db.send(update);
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  /**
   * Takes the right to queue what is missing again.
   * @returns false when another settlement check has it, or the request has ended
   */
  async claimRequeue({ req_id, requeues }: Pick<RequestItem, "req_id" | "requeues">): Promise<boolean> {
    const unchanged = both(inStates(EVENTS.REQUEUE.from), {
      text: "requeues = :before",
      values: { ":before": requeues },
    });
    return this.update(req_id, { requeues: requeues + 1 }, unchanged, ["empty_seen_at"]);
  }

  /**
   * Counts that a step is restarted. The change of the item is what invokes it: the stream's filter is on the status.
   * @returns false when it has moved on, or has been restarted by another run
   */
  async restartStep(item: Pick<RequestItem, "req_id" | "status" | "expanded" | "nudges">): Promise<boolean> {
    const state = stateOf(item);
    if (!EVENTS.RESTART_STEP.from.includes(state)) return false;
    const unchanged = both(inStates([state]), { text: "nudges = :before", values: { ":before": item.nudges } });
    return this.update(item.req_id, { nudges: item.nudges + 1 }, unchanged);
  }

  /** Notes that the end of a request was announced. It has not moved by this, nor by being closed: its end is its last move. */
  async noteAnnounced(reqId: string): Promise<void> {
    await this.write(reqId, { announced: true }, inStates(ENDED_STATES), []);
  }

  /** Marks an ended request as cleaned up. */
  async close(reqId: string): Promise<boolean> {
    return this.write(reqId, { closed: true }, inStates(ENDED_STATES), ["closing"]);
  }

  /**
   * Writes fields, and that the request has moved now. Clocks differ, and what was written last says the later time: then
   * `last_update_time` stays as it is, for it never goes back.
   */
  private async update(
    reqId: string,
    fields: Record<string, unknown>,
    condition: Condition,
    remove: readonly string[] = [],
  ): Promise<boolean> {
    const moved = { ...fields, last_update_time: formatTimestamp(new Date()) };
    const forward = both(condition, { text: "NOT last_update_time > :last_update_time", values: {} });
    if (await this.write(reqId, moved, forward, remove)) return true;
    return this.write(reqId, fields, condition, remove);
  }

  private async write(
    reqId: string,
    set: Record<string, unknown>,
    { text, values }: Condition,
    remove: readonly string[],
  ): Promise<boolean> {
    if (!isPossibleId(reqId)) return false;
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      ...itemUpdate(set, remove, `attribute_exists(req_id) AND ${text}`, values),
    });
    return whetherConditionHolds(() => this.db.send(update));
  }
}

/** A condition of a write, with the values of its placeholders. */
interface Condition {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const IS_ACTIVE: Condition = { text: "attribute_exists(active)", values: {} };

/** Whether a request is in one of these states. `active` says the same of all active ones, also of an item that cannot be read. */
function inStates(states: readonly State[]): Condition {
  if (states === ACTIVE_STATES) return IS_ACTIVE;
  if (states === ENDED_STATES) return { text: "attribute_not_exists(active)", values: {} };
  const isIn = states.map((state, i) => {
    const expanded = { EXPANDING: " AND attribute_not_exists(expanded)", EXPANDED: " AND attribute_exists(expanded)" };
    return `#status = :from${i}${state === "EXPANDING" || state === "EXPANDED" ? expanded[state] : ""}`;
  });
  return {
    text: `(${isIn.join(" OR ")})`,
    values: Object.fromEntries(states.map((state, i) => [`:from${i}`, attributesOf(state).status])),
  };
}

function both(one: Condition, other: Condition): Condition {
  return { text: `${one.text} AND ${other.text}`, values: { ...one.values, ...other.values } };
}
