import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { MAX_ORIGIN_CONCURRENCY } from "../domain/limits.ts";
import type {
  HostRate,
  LeaseSearch,
  PermitChange,
  PermitStore,
  Permits,
  TatUpdate,
} from "../domain/origin/permit-store.ts";
import { expiresAfterLongestRequest } from "../domain/timestamps.ts";
import { isConditionFailure } from "./conditional-writes.ts";
import { queryItems } from "./dynamodb.ts";
import { KEY } from "./progress-table.ts";

const RATE = "rate";
const HELD = "held";

const tatSchema = z.object({ tat: z.number() });
const permitsSchema = z.object({ permits: z.number().default(0) });
const heldSchema = z.object({ held: z.number().default(0), searched_at: z.number().default(0) });
const leaseSchema = z.object({ part: z.string(), permits: z.number(), at: z.number() });
const hostSchema = z
  .object({ rate: z.number(), cut_at: z.number(), not_before: z.number() })
  .transform(({ rate, cut_at, not_before }) => ({ rate, cutAt: cut_at, notBefore: not_before }));

/** An update, its condition, and the values of both. */
interface ConditionalUpdate {
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Of the lease of one process. */
interface LeaseChange extends PermitChange {
  readonly reqId: string;
  readonly owner: string;
  /** Only if its last heartbeat is of this time. @default whenever it is, but it has one */
  readonly at?: number;
}

/**
 * The limits of origins in the Progress table: `limit#<req_id or host>` / `rate` is the TAT, `limit#<req_id>` / `held` the permits of all
 * processes, `host#<host>` / `rate` the AIMD state of a host. The lease of a process is the attribute `permits` of its heartbeat item.
 */
export class PermitTable implements PermitStore {
  /** @param owner this process: the sort key of its heartbeats */
  constructor(
    private readonly db: DynamoDBDocument,
    private readonly table: string,
    private readonly owner: string,
  ) {}

  async tat(id: string): Promise<number | undefined> {
    return tatSchema.safeParse(await this.get(KEY.limit(id), RATE)).data?.tat;
  }

  async updateTat(id: string, change: TatUpdate) {
    const { done, item } = await this.update(KEY.limit(id), RATE, tatUpdateOf(change));
    return { done, tat: tatSchema.safeParse(item).data?.tat };
  }

  async permits(reqId: string): Promise<Permits> {
    const [heartbeat, all] = await Promise.all([
      this.get(KEY.heartbeat(reqId), this.owner),
      this.get(KEY.limit(reqId), HELD),
    ]);
    const { held, searched_at: searchedAt } = heldSchema.parse(all ?? {});
    return { own: permitsSchema.parse(heartbeat ?? {}).permits, held, searchedAt };
  }

  async exchange(reqId: string, change: PermitChange) {
    return this.changePermits({ reqId, owner: this.owner, ...change });
  }

  async reclaim(reqId: string, { now, searchedAt, expiredBefore }: LeaseSearch): Promise<number> {
    const { done } = await this.update(KEY.limit(reqId), HELD, {
      update: "SET searched_at = :now",
      condition: "attribute_not_exists(searched_at) OR searched_at = :last",
      values: { ":now": now, ":last": searchedAt },
    });
    if (!done) return 0;
    const pages = queryItems(this.db, {
      TableName: this.table,
      KeyConditionExpression: "#key = :key",
      FilterExpression: "permits > :none AND #at < :before",
      ExpressionAttributeNames: { "#key": "key", "#at": "at" },
      ExpressionAttributeValues: { ":key": KEY.heartbeat(reqId), ":none": 0, ":before": expiredBefore },
      ConsistentRead: true,
    });
    let reclaimed = 0;
    for await (const item of pages) {
      const { data } = leaseSchema.safeParse(item);
      if (data === undefined) continue;
      const { part: owner, permits, at } = data;
      if (await this.changePermits({ reqId, owner, at, from: permits, to: 0, limit: MAX_ORIGIN_CONCURRENCY }))
        reclaimed += permits;
    }
    return reclaimed;
  }

  async hostRate(host: string): Promise<HostRate | undefined> {
    return hostSchema.safeParse(await this.get(KEY.host(host), RATE)).data;
  }

  async cutHostRate(host: string, seen: HostRate | undefined, next: HostRate): Promise<HostRate> {
    const { rate, cutAt, notBefore } = next;
    const { done, item } = await this.update(KEY.host(host), RATE, {
      update: "SET rate = :rate, cut_at = :cut, not_before = :until",
      condition: "attribute_not_exists(cut_at) OR (cut_at = :seen_at AND rate = :seen_rate)",
      values: {
        ":rate": rate,
        ":cut": cutAt,
        ":until": notBefore,
        ":seen_at": seen?.cutAt ?? 0,
        ":seen_rate": seen?.rate ?? 0,
      },
    });
    return done ? next : hostSchema.parse(item);
  }

  /** Changes a lease and the count of all permits together. @returns false if DynamoDB cancels the transaction: a condition does not hold, another one is in progress, or the table throttles */
  private async changePermits({ reqId, owner, at, from, to, limit }: LeaseChange): Promise<boolean> {
    const isAsStated = `permits = :from${from === 0 ? " OR attribute_not_exists(permits)" : ""}`;
    const by = to - from;
    try {
      await this.db.transactWrite({
        TransactItems: [
          {
            Update: {
              TableName: this.table,
              Key: { key: KEY.heartbeat(reqId), part: owner },
              UpdateExpression: "SET permits = :to",
              ConditionExpression: `${at === undefined ? "attribute_exists(#at)" : "#at = :at"} AND (${isAsStated})`,
              ExpressionAttributeNames: { "#at": "at" },
              // DynamoDB refuses a value that no expression names.
              ExpressionAttributeValues: { ":from": from, ":to": to, ...(at === undefined ? {} : { ":at": at }) },
            },
          },
          {
            Update: {
              TableName: this.table,
              Key: { key: KEY.limit(reqId), part: HELD },
              UpdateExpression: "SET expire_at = :expire ADD #held :by",
              ConditionExpression: "attribute_not_exists(#held) OR #held <= :most",
              ExpressionAttributeNames: { "#held": "held" },
              ExpressionAttributeValues: {
                ":by": by,
                ":most": limit - by,
                ":expire": expiresAfterLongestRequest(),
              },
            },
          },
        ],
      });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "TransactionCanceledException") return false;
      throw error;
    }
  }

  /** Updates an item. @returns whether the condition holds, and the item: what was updated of it, or all of it if the condition does not hold */
  private async update(key: string, part: string, { update, condition, values }: ConditionalUpdate) {
    try {
      const { Attributes: item } = await this.db.update({
        TableName: this.table,
        Key: { key, part },
        UpdateExpression: `${update}, expire_at = :expire`,
        ConditionExpression: condition,
        ExpressionAttributeValues: { ...values, ":expire": expiresAfterLongestRequest() },
        ReturnValues: "UPDATED_NEW",
      });
      return { done: true, item };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return { done: false, item: await this.get(key, part) };
    }
  }

  private async get(key: string, part: string): Promise<Record<string, unknown> | undefined> {
    return (await this.db.get({ TableName: this.table, Key: { key, part }, ConsistentRead: true })).Item;
  }
}

function tatUpdateOf(update: TatUpdate): ConditionalUpdate {
  if (update.kind === "set")
    return {
      update: "SET tat = :to",
      condition: "attribute_not_exists(tat) OR tat < :below",
      values: { ":to": update.to, ":below": update.below },
    };
  return {
    update: "SET tat = tat + :by",
    condition: "tat >= :least AND tat < :below",
    values: { ":by": update.by, ":least": update.atLeast, ":below": update.below },
  };
}
