import {
  DeleteCommand,
  GetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import * as z from "zod";
import { isPossibleId } from "../domain/request/request-id.ts";
import type { MissingInstances, RequestItem } from "../domain/request/request-item.ts";
import type { Status } from "../domain/request/status.ts";
import { formatTimestamp } from "../domain/request/timestamps.ts";
import {
  failedConditions,
  isConditionFailure,
  isConflict,
  whetherConditionHolds,
  withConflictRetry,
} from "./conflicts.ts";
import { itemUpdate } from "./item-update.ts";
import { RequestReader } from "./request-reader.ts";

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

  /** Notes which instances are missing; undefined: none. The request has not moved by this. */
  async noteMissingInstances(reqId: string, missing: MissingInstances | undefined): Promise<void> {
    if (missing === undefined) await this.write(reqId, {}, "attribute_exists(active)", {}, ["missing_instances"]);
    else await this.write(reqId, { missing_instances: missing }, "attribute_exists(active)", {}, []);
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
    if (!isPossibleId(reqId)) return false;
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { req_id: reqId },
      ...itemUpdate(set, remove, `attribute_exists(req_id) AND ${condition}`, values),
    });
    return whetherConditionHolds(() => this.db.send(update));
  }
}
