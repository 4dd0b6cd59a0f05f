import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { OnUnparseable } from "../domain/log-fields.ts";
import type { Caps } from "../domain/request/caps.ts";
import {
  actualUse,
  type DailyUse,
  dailyProblem,
  dailyUseSchema,
  dayOf,
  lessUse,
  NO_USE,
} from "../domain/request/daily-use.ts";
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
  type ActiveRequest,
  activeRequestSchema,
  CLOSING,
  CLOSING_INDEX,
  isPossibleId,
  LISTED,
  type ListedRequest,
  listedRequestSchema,
  NEWEST_INDEX,
  type RequestCursor,
  type RequestItem,
  requestCursorSchema,
  requestItemSchema,
} from "../domain/request/request-item.ts";
import { expiresAt, formatTimestamp } from "../domain/timestamps.ts";
import type { AsyncFunction } from "./async-function.ts";
import {
  type Condition,
  failedConditions,
  isConflict,
  itemUpdate,
  tryConditionalWrite,
  withConflictRetry,
} from "./conditional-writes.ts";
import { projection, queryItems } from "./dynamodb.ts";

/** An active request as the index shows it. */
const activeIndexEntrySchema = z.object({ req_id: z.string(), timeout_at: z.string() });

/** A request that has ended and was not closed, as the index shows it. */
const closingRequestSchema = z.object({ req_id: z.string(), last_update_time: z.string() });

/** Some of all requests. */
interface RequestPage {
  readonly requests: readonly ListedRequest[];
  /** Where it ends; undefined: there are no older ones. */
  readonly end: RequestCursor | undefined;
}

/**
 * The Request table for those who only read it: the items, and the three indexes, which lag behind by moments. An item that cannot be
 * read is reported and left out.
 */
export class RequestReader {
  constructor(
    protected readonly db: DynamoDBDocument,
    protected readonly table: string,
    private readonly onUnparseable: OnUnparseable,
  ) {}

  async get(reqId: string): Promise<RequestItem | undefined> {
    return this.parse(requestItemSchema, await this.read(reqId));
  }

  /** Whether a request is active, also if its item cannot be parsed. */
  async isActive(reqId: string): Promise<boolean> {
    return (await this.read(reqId, ["active"]))?.["active"] !== undefined;
  }

  /** Part of an active request; undefined also for one that has ended. Its headers are not read: there may be secrets in them. */
  async getActive(reqId: string): Promise<ActiveRequest | undefined> {
    const item = await this.read(reqId, activeRequestSchema.keyof().options);
    return item?.["active"] === undefined ? undefined : this.parse(activeRequestSchema, item);
  }

  /** The active requests: listed by the index, which lags, then read from the table. */
  async readActive(): Promise<RequestItem[]> {
    const items = await Promise.all((await this.listActive()).map(({ req_id }) => this.get(req_id)));
    return items.filter((item): item is RequestItem => item?.active === ACTIVE);
  }

  /** The active requests, as the index shows them. */
  listActive() {
    return this.list(ACTIVE_INDEX, activeIndexEntrySchema);
  }

  /** Those that have ended and still hold something, as the index shows them. */
  listClosing() {
    return this.list(CLOSING_INDEX, closingRequestSchema);
  }

  /**
   * Some of all requests, the newest first, as the index shows them.
   * @param limit of those that are read
   * @param after where the page before ended
   * @param status of those that are wanted. @default any
   */
  async page(limit: number, after: RequestCursor | undefined, status?: Status): Promise<RequestPage> {
    const { Items = [], LastEvaluatedKey } = await this.db.query({
      TableName: this.table,
      IndexName: NEWEST_INDEX,
      KeyConditionExpression: "listed = :y",
      ...(status && { FilterExpression: "#status = :status", ExpressionAttributeNames: { "#status": "status" } }),
      ExpressionAttributeValues: { ":y": LISTED, ...(status && { ":status": status }) },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : { ...after, listed: LISTED },
    });
    const { data: end } = requestCursorSchema.safeParse(LastEvaluatedKey);
    return { requests: Items.flatMap((item) => this.parse(listedRequestSchema, item) ?? []), end };
  }

  /** Use that the requests of a UTC day count for the daily limits. */
  async dailyUse(day: string): Promise<DailyUse> {
    const { Item } = await this.db.get({ TableName: this.table, Key: { req_id: dayKey(day) }, ConsistentRead: true });
    return Item === undefined ? NO_USE : dailyUseSchema.parse(Item);
  }

  /** @param index of an attribute of the same name, which is "y" or absent */
  private async list<T>(index: typeof ACTIVE_INDEX | typeof CLOSING_INDEX, schema: z.ZodType<T>): Promise<T[]> {
    const found: T[] = [];
    const items = queryItems(this.db, {
      TableName: this.table,
      IndexName: index,
      KeyConditionExpression: `${index} = :y`,
      ExpressionAttributeValues: { ":y": "y" },
    });
    for await (const item of items) {
      const request = this.parse(schema, item);
      if (request !== undefined) found.push(request);
    }
    return found;
  }

  /**
   * The item; undefined if there is none, or the id is one that no request can have.
   * @param attributes that are read. @default all
   */
  private async read(reqId: string, attributes?: readonly string[]): Promise<Record<string, unknown> | undefined> {
    if (!isPossibleId(reqId)) return undefined;
    const projected = attributes && projection(attributes);
    const { Item } = await this.db.get({
      TableName: this.table,
      Key: { req_id: reqId },
      ...projected,
      ConsistentRead: true,
    });
    return Item;
  }

  private parse<T>(schema: z.ZodType<T>, item: Record<string, unknown> | undefined): T | undefined {
    if (item === undefined) return undefined;
    const { data, error } = schema.safeParse(item);
    if (error !== undefined)
      this.onUnparseable({ kind: "request", key: String(item["req_id"]), problem: z.prettifyError(error) });
    return data;
  }
}

export type Fields = Partial<Omit<RequestItem, "req_id" | "status" | "active">>;

/** Key of the item that has the ids of those who hold a permit to be active. No request has it: it is no possible id. */
const PERMITS = "active permits";
/**
 * Every request that is put writes the item of permits, and DynamoDB cancels all but one of the transactions that meet there. With these
 * pauses, 50 that come at once and take a tenth of a second each are all carried out within ten seconds: test/aws/permits.test.ts.
 */
const PERMIT_RETRY = { attempts: 20, firstMs: 50, longestMs: 1_000 };

/** Key of the item that has what the requests of a UTC day use. No request has it, either. */
function dayKey(day: string): string {
  return `day ${day}`;
}

const holdersSchema = z.set(z.string()).default(new Set());

/** The Request table: the one place where a request's state is changed, each change under its condition. */
export class RequestTable extends RequestReader {
  /** @param shutdown is invoked for each request that ends: there is no other way to end one, so none is forgotten */
  constructor(
    db: DynamoDBDocument,
    table: string,
    onUnparseable: OnUnparseable,
    private readonly shutdown: Pick<AsyncFunction, "invoke">,
  ) {
    super(db, table, onUnparseable);
  }

  /**
   * Puts a request and takes one of `maxActive` permits for it in one transaction, so that concurrent calls never exceed it (`maxActive`). The
   * permits are a set of ids in an item of their own. Whoever ends a request gives none back: a permit is free once its
   * request is not active, which is looked at when no permit is left. So no crash loses a permit.
   * @param retried the request that this one tries again, as it was read: its item names this one from now on
   * @returns FULL: so many are active; BUSY: too many concurrent puts conflicted;
   * RETRIED: meanwhile another request tries `retried` again
   */
  async put(item: RequestItem, maxActive: number, retried?: RequestItem): Promise<"PUT" | "FULL" | "BUSY" | "RETRIED"> {
    const Put = { TableName: this.table, Item: item, ConditionExpression: "attribute_not_exists(req_id)" };
    const permit = {
      TableName: this.table,
      Key: { req_id: PERMITS },
      UpdateExpression: "ADD holders :holder",
      ConditionExpression: "attribute_not_exists(holders) OR size(holders) < :most",
      ExpressionAttributeValues: { ":holder": new Set([item.req_id]), ":most": maxActive },
    };
    const TransactItems = [
      { Put },
      { Update: permit },
      ...(retried === undefined ? [] : [{ Update: this.retriedBy(retried, item.req_id) }]),
    ];
    const transact = () => this.db.transactWrite({ TransactItems });
    try {
      for (;;) {
        const failed = await failedConditions(transact, PERMIT_RETRY);
        if (failed.length === 0) return "PUT";
        if (failed.includes(0)) throw new Error(`Request ${item.req_id} already exists`);
        if (failed.includes(2)) return "RETRIED";
        if ((await this.freePermits()) === 0) return "FULL";
      }
    } catch (error) {
      if (isConflict(error)) return "BUSY";
      throw error;
    }
  }

  /** Sets `retried_by` of a request, if it is unset or still names the deleted retry. */
  private retriedBy({ req_id, retried_by: deletedRetry }: RequestItem, by: string) {
    const isUnretried = {
      text: "(attribute_not_exists(retried_by) OR retried_by = :gone)",
      // No id is empty.
      values: { ":gone": deletedRetry ?? "" },
    };
    return this.updateOf(req_id, { retried_by: by }, [HAS_ENDED, isUnretried]);
  }

  /** Frees the permits of requests that are not active any more, or were deleted: neither becomes active again. @returns how many */
  private async freePermits(): Promise<number> {
    const { Item } = await this.db.get({ TableName: this.table, Key: { req_id: PERMITS }, ConsistentRead: true });
    const holders = [...holdersSchema.parse(Item?.["holders"])];
    const active = await Promise.all(holders.map((reqId) => this.isActive(reqId)));
    const ended = holders.filter((_, i) => active[i] === false);
    if (ended.length === 0) return 0;
    await withConflictRetry(
      () =>
        this.db.update({
          TableName: this.table,
          Key: { req_id: PERMITS },
          UpdateExpression: "DELETE holders :ended",
          ExpressionAttributeValues: { ":ended": new Set(ended) },
        }),
      PERMIT_RETRY,
    );
    return ended.length;
  }

  /**
   * Counts a request for the daily limits, or more of one that counts already: for the day on which it was first counted. One transaction
   * writes the count of the day and that of the request, so that a step that runs twice counts once.
   * @param item as it was read
   * @param use all that the request will use
   * @returns the limit that it would exceed; undefined: it is counted, or has moved on
   */
  async countUse(item: RequestItem, use: DailyUse, caps: Partial<Caps>, now: number): Promise<string | undefined> {
    const { day, ...before } = item.counted_use ?? { day: dayOf(now), ...NO_USE };
    const more = lessUse(use, before);
    if (more.total_count <= 0 && more.transferred_bytes <= 0) return undefined;
    const { maxDailyTasks = Number.MAX_SAFE_INTEGER, maxDailyBytes = Number.MAX_SAFE_INTEGER } = caps;
    const hasRoom = {
      // Both attributes are absent on a new day.
      text: "NOT total_count > :tasks_before AND NOT transferred_bytes > :bytes_before",
      values: {
        ":tasks_before": maxDailyTasks - more.total_count,
        ":bytes_before": maxDailyBytes - more.transferred_bytes,
      },
    };
    const unchanged =
      item.counted_use === undefined
        ? { text: "attribute_not_exists(counted_use)" }
        : { text: "counted_use = :counted", values: { ":counted": item.counted_use } };
    const counted = this.updateOf(item.req_id, { counted_use: { ...use, day } }, [inStates(ACTIVE_STATES), unchanged]);
    const TransactItems = [{ Update: this.addToDay(day, more, now, hasRoom) }, { Update: counted }];
    for (let used = NO_USE; ; used = await this.dailyUse(day)) {
      const problem = dailyProblem(day, used, more, caps);
      if (problem !== undefined) return problem;
      const failed = await failedConditions(() => this.db.transactWrite({ TransactItems }), PERMIT_RETRY);
      // The request first: another run of the step may have counted it, and so filled the day.
      if (failed.length === 0 || failed.includes(1)) return undefined;
    }
  }

  /** Corrects what an ended request counts for the daily limits by what it used. May be run again: it is corrected once. */
  async correctUse(item: RequestItem, now: number): Promise<void> {
    if (item.counted_use === undefined) return;
    const { day, ...estimate } = item.counted_use;
    const correction = lessUse(actualUse(item, estimate), estimate);
    const isCounted = { text: "attribute_exists(counted_use)" };
    const corrected = this.updateOf(item.req_id, { counted_use: undefined }, [HAS_ENDED, isCounted]);
    const TransactItems = [{ Update: this.addToDay(day, correction, now) }, { Update: corrected }];
    await failedConditions(() => this.db.transactWrite({ TransactItems }), PERMIT_RETRY);
  }

  private addToDay(day: string, { total_count, transferred_bytes }: DailyUse, now: number, condition?: Condition) {
    return {
      TableName: this.table,
      Key: { req_id: dayKey(day) },
      UpdateExpression: "ADD total_count :tasks, transferred_bytes :bytes SET expire_at = :expire_at",
      ConditionExpression: condition?.text,
      ExpressionAttributeValues: {
        ":tasks": total_count,
        ":bytes": transferred_bytes,
        ":expire_at": expiresAt(now),
        ...condition?.values,
      },
    };
  }

  async delete(reqId: string): Promise<void> {
    await this.db.delete({ TableName: this.table, Key: { req_id: reqId } });
  }

  /** Moves a request to its next state; false when it is in none of the event's states any more (a step that ran twice, a stop). */
  async advance(reqId: string, event: AdvancingEvent, fields: Fields = {}): Promise<boolean> {
    const { from, to } = EVENTS[event];
    const { status, ...marks } = attributesOf(to);
    const isNew = from.some((state) => attributesOf(state).status !== status);
    return this.writeAndTouch(reqId, { ...fields, ...marks, ...(isNew ? { status } : {}) }, inStates(from));
  }

  /**
   * Ends an active request, and has Shutdown clean up; false when it has ended already. Its headers and sources go with that: nobody
   * needs them any more, and there may be secrets in them. If the process ends before Shutdown is invoked, Watch finds `closing`.
   */
  async end(reqId: string, event: EndingEvent, fields: Fields = {}): Promise<boolean> {
    const { from, to } = EVENTS[event];
    const ended = { ...fields, status: to, header: [], variants: [], sources: [], closing: CLOSING };
    const removed = { active: undefined, empty_seen_at: undefined };
    if (!(await this.writeAndTouch(reqId, { ...ended, ...removed }, inStates(from)))) return false;
    await this.shutdown.invoke(reqId);
    return true;
  }

  /** Writes fields of a request that is in one of these states; false when it is not. */
  async updateAndTouch(reqId: string, states: readonly State[], fields: Fields): Promise<boolean> {
    return this.writeAndTouch(reqId, fields, inStates(states));
  }

  /** Like {@link updateAndTouch}, but `last_update_time` stays. Undefined removes a field. */
  async updateQuietly(reqId: string, states: readonly State[], fields: Fields): Promise<boolean> {
    return this.write(reqId, fields, inStates(states));
  }

  /**
   * Records a percentage that the API reports of a request, unless a higher one was, or its exact counts stand. `last_update_time` stays.
   * A caller waits for the answer with it, so it is not tried again while another write is in its way.
   */
  async recordReportedPercentage(reqId: string, percentage: number): Promise<void> {
    const isHigher =
      "(attribute_not_exists(max_reported_percentage) OR max_reported_percentage < :max_reported_percentage)";
    const conditions = [{ text: "attribute_not_exists(verdict)" }, { text: isHigher }];
    const update = this.updateOf(reqId, { max_reported_percentage: percentage }, conditions);
    await tryConditionalWrite(() => this.db.update(update), { attempts: 1, firstMs: 0 });
  }

  /**
   * Takes the right to queue what is missing again.
   * @returns false when another settlement check has it, or the request has ended
   */
  async claimRequeue({ req_id, requeues }: RequestItem): Promise<boolean> {
    const unchanged = { text: "requeues = :before", values: { ":before": requeues } };
    const claimed = { requeues: requeues + 1, empty_seen_at: undefined };
    return this.writeAndTouch(req_id, claimed, inStates(EVENTS.REQUEUE.from), unchanged);
  }

  /**
   * Adds tasks to a request whose tasks all have a result: POPs lead for themselves.
   * @param item as it was read
   * @returns false when another settlement check has added them, or the request has ended
   */
  async claimExtension(
    { req_id, total_count }: RequestItem,
    fields: Pick<RequestItem, "total_count" | "total_size">,
  ): Promise<boolean> {
    const unchanged = { text: "total_count = :before", values: { ":before": total_count } };
    return this.writeAndTouch(req_id, { ...fields, empty_seen_at: undefined }, inStates(EVENTS.EXTEND.from), unchanged);
  }

  /**
   * Counts that a step is restarted. The change of the item is what invokes it: the stream's filter is on the status.
   * @returns false when it has moved on, or has been restarted by another run
   */
  async restartStep(item: RequestItem): Promise<boolean> {
    const state = stateOf(item);
    if (!EVENTS.RESTART_STEP.from.includes(state)) return false;
    const unchanged = { text: "nudges = :before", values: { ":before": item.nudges } };
    return this.writeAndTouch(item.req_id, { nudges: item.nudges + 1 }, inStates([state]), unchanged);
  }

  /** Marks an ended request as cleaned up. `last_update_time` stays the time of its end. */
  async close(reqId: string): Promise<boolean> {
    return this.updateQuietly(reqId, ENDED_STATES, { closed: true, closing: undefined });
  }

  /**
   * Writes attributes and `last_update_time`. If another clock wrote a later time,
   * `last_update_time` stays as it is, for it never goes back.
   */
  private async writeAndTouch(
    reqId: string,
    attributes: Attributes,
    ...conditions: readonly Condition[]
  ): Promise<boolean> {
    const touched = { ...attributes, last_update_time: formatTimestamp(Date.now()) };
    const isForward = { text: "NOT last_update_time > :last_update_time" };
    if (await this.write(reqId, touched, ...conditions, isForward)) return true;
    return this.write(reqId, attributes, ...conditions);
  }

  /** @returns false if the conditions do not hold, or there is no such request */
  private async write(reqId: string, attributes: Attributes, ...conditions: readonly Condition[]): Promise<boolean> {
    if (!isPossibleId(reqId)) return false;
    return tryConditionalWrite(() => this.db.update(this.updateOf(reqId, attributes, conditions)));
  }

  private updateOf(req_id: string, attributes: Attributes, conditions: readonly Condition[]) {
    return { TableName: this.table, Key: { req_id }, ...itemUpdate(attributes, [EXISTS, ...conditions]) };
  }
}

type Attributes = Readonly<Record<string, unknown>>;

const EXISTS: Condition = { text: "attribute_exists(req_id)" };
const HAS_ENDED: Condition = { text: "attribute_not_exists(active)" };

/** Whether a request is in one of these states. `active` says the same of all active ones, also of an item that cannot be read. */
function inStates(states: readonly State[]): Condition {
  if (states === ACTIVE_STATES) return { text: "attribute_exists(active)" };
  if (states === ENDED_STATES) return HAS_ENDED;
  const isIn = states.map((state, i) => {
    const expanded = { EXPANDING: " AND attribute_not_exists(expanded)", EXPANDED: " AND attribute_exists(expanded)" };
    return `#status = :from${i}${state === "EXPANDING" || state === "EXPANDED" ? expanded[state] : ""}`;
  });
  return {
    text: `(${isIn.join(" OR ")})`,
    values: Object.fromEntries(states.map((state, i) => [`:from${i}`, attributesOf(state).status])),
  };
}
