import { PutCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Beat, processOf } from "../domain/request/progress.ts";
import type { Count } from "../domain/result/count.ts";
import type { FailureReason } from "../domain/result/failure.ts";
import type { FailureExample } from "../domain/result/failure-group.ts";
import { whetherConditionHolds, withConflictRetry } from "./conflicts.ts";
import { itemUpdate } from "./item-update.ts";
import { additionTo } from "./progress/addition.ts";
import { examplesPart, type FailureCounts, failureCountersOf } from "./progress/failure-counters.ts";
import { CORRECTION, KEY, MOVED } from "./progress/keys.ts";
import { popCountersOf } from "./progress/pop-counters.ts";
import { ProgressReader } from "./progress-reader.ts";

/** A batch of results, counted: what it adds to the request, and which part of that is of which POP. */
export interface BatchCount {
  readonly total: Count;
  /** One of the request's stripes: writers of different stripes do not wait for each other. */
  readonly stripe: number;
  /** By block, and by the POP's place in it: domain/plan/stripes.ts says which those are. */
  readonly blocks: ReadonlyMap<number, ReadonlyMap<number, Count>>;
  /** Examples of what came uncompressed. A stripe keeps those of the first batch that has any. @default none */
  readonly uncompressed?: readonly string[];
  /** @default none */
  readonly failures?: FailureCounts;
}

/** The Progress table: counters and beats, of which each is small and changes often. No stream follows it. */
export class ProgressTable extends ProgressReader {
  /**
   * Adds a batch to the counters, all of it or nothing, and once for a token (DynamoDB remembers it for ten minutes).
   * The same token must come with the same batch.
   * @param expireAt TTL, seconds since the epoch
   */
  async add(reqId: string, batch: BatchCount, token: string, expireAt: number): Promise<void> {
    const stripe = String(batch.stripe);
    const additions = [
      additionTo(KEY.count(reqId), stripe, { ...batch.total }, expireAt, batch.uncompressed),
      ...[...batch.blocks].map(([block, pops]) =>
        additionTo(KEY.pops(reqId, block), stripe, popCountersOf(pops), expireAt),
      ),
      ...(batch.failures === undefined
        ? []
        : [additionTo(KEY.fails(reqId), stripe, failureCountersOf(batch.failures), expireAt)]),
    ];
    const transact = new TransactWriteCommand({
      TransactItems: additions.map((addition) => ({ Update: { TableName: this.table, ...addition } })),
      ClientRequestToken: token,
    });
    await withConflictRetry(() => this.db.send(transact));
  }

  /** Puts counters right that have missed results, or counted some twice: a recount knows by how much. */
  async correct(reqId: string, by: Count, expireAt: number): Promise<void> {
    const addition = additionTo(KEY.count(reqId), CORRECTION, { ...by }, expireAt);
    await this.db.send(new UpdateCommand({ TableName: this.table, ...addition }));
  }

  /** Says when a result was written last; an earlier moment changes nothing. @param at milliseconds since the epoch */
  async moved(reqId: string, at: number, expireAt: number): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { key: KEY.count(reqId), part: MOVED },
      UpdateExpression: "SET #at = :at, expire_at = :expire",
      ConditionExpression: "attribute_not_exists(#at) OR #at < :at",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":at": at, ":expire": expireAt },
    });
    await whetherConditionHolds(() => this.db.send(update));
  }

  /** Keeps examples of a reason, unless there are some. */
  async exemplify(
    reqId: string,
    reason: FailureReason,
    examples: readonly FailureExample[],
    expireAt: number,
  ): Promise<void> {
    const put = new PutCommand({
      TableName: this.table,
      Item: { key: KEY.fails(reqId), part: examplesPart(reason), examples, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(part)",
    });
    await whetherConditionHolds(() => this.db.send(put));
  }

  /** Says what was counted when a minute began. The first who says so is believed. @param minute its number */
  async began(reqId: string, minute: number, count: Count, expireAt: number): Promise<void> {
    const put = new PutCommand({
      TableName: this.table,
      Item: { key: KEY.minute(reqId), part: String(minute), ...count, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(part)",
    });
    await whetherConditionHolds(() => this.db.send(put));
  }

  /** Adds bytes that came in a minute. One that is tried again may add them twice. @param minute its number */
  async received(reqId: string, minute: number, bytes: number, expireAt: number): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { key: KEY.bytes(reqId), part: String(minute) },
      UpdateExpression: "SET expire_at = :expire ADD #bytes :bytes",
      ExpressionAttributeNames: { "#bytes": "bytes" },
      ExpressionAttributeValues: { ":expire": expireAt, ":bytes": bytes },
    });
    await this.db.send(update);
  }

  /** Writes a heartbeat. The item's `permits` stay: they are the process's lease (aws/permit-table.ts). */
  async beat(reqId: string, beat: Beat, expireAt: number): Promise<void> {
    const { received, ...always } = beat;
    const set = { ...always, ...(received === undefined ? {} : { received }), expire_at: expireAt };
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { key: KEY.beat(reqId), part: processOf(beat) },
      ...itemUpdate(set, received === undefined ? ["received"] : []),
    });
    // A change of the lease may be in its way.
    await withConflictRetry(() => this.db.send(update));
  }
}
