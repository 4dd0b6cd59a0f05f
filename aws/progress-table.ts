import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Count } from "../domain/plan/ledger.ts";
import { type Beat, beatSchema, type Progress } from "../domain/request/progress.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import { isConditionFailure, withConflictRetry } from "./conflicts.ts";

/** What a batch of results adds to the counters of a request, or of one of its POPs. */
export interface CountChange {
  readonly count: number;
  /** Bytes of good results. */
  readonly size: number;
  readonly failed: number;
}

/** A batch of results, counted: the request's change and what it is made of, POP by POP. */
export interface BatchCount extends CountChange {
  /** One of the request's stripes: writers of different stripes do not wait for each other. */
  readonly stripe: number;
  /** In blocks of POPs that stand in one item: the number of the block, and the POPs of it that change. */
  readonly blocks: ReadonlyMap<number, ReadonlyMap<string, CountChange>>;
}

const countSchema = z.object({
  download_count: z.number().default(0),
  download_size: z.number().default(0),
  failed_count: z.number().default(0),
});

/** Sort keys of `count#…`, next to those of the stripes. */
const MOVED = "moved";
const CORRECTION = "recount";

/**
 * The Progress table: counters and beats, of which each is small and changes often. No stream follows it. Keys: `count#id`
 * (a stripe of the totals each), `pops#id#block`, `beat#id`, `ask#id`. What is before the `#` is what a policy on leading
 * keys tells apart.
 */
export class ProgressTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  /**
   * Adds a batch to the counters, all of it or nothing, and once for a token (DynamoDB remembers it for ten minutes).
   * The same token must come with the same batch.
   * @param expireAt TTL, seconds since the epoch
   */
  async add(reqId: string, batch: BatchCount, token: string, expireAt: number): Promise<void> {
    const stripe = String(batch.stripe);
    const updates = [
      this.addition(`count#${reqId}`, stripe, totalsOf(batch), expireAt),
      ...[...batch.blocks].map(([block, pops]) =>
        this.addition(`pops#${reqId}#${block}`, stripe, popCountersOf(pops), expireAt),
      ),
    ];
    const transact = new TransactWriteCommand({
      TransactItems: updates.map((Update) => ({ Update })),
      ClientRequestToken: token,
    });
    await withConflictRetry(() => this.db.send(transact));
  }

  /** Says when a result was written last; an earlier moment changes nothing. @param at milliseconds since the epoch */
  async moved(reqId: string, at: number, expireAt: number): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { key: `count#${reqId}`, part: MOVED },
      UpdateExpression: "SET #at = :at, expire_at = :expire",
      ConditionExpression: "attribute_not_exists(#at) OR #at < :at",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":at": at, ":expire": expireAt },
    });
    await this.ifConditionHolds(() => this.db.send(update));
  }

  /** Puts counters right that have missed results, or counted some twice: a recount knows by how much. */
  async correct(reqId: string, by: CountChange, expireAt: number): Promise<void> {
    const addition = this.addition(`count#${reqId}`, CORRECTION, totalsOf(by), expireAt);
    await this.db.send(new UpdateCommand({ ...addition, TableName: this.table }));
  }

  /** The counters, as of all writes that have ended. */
  async count(reqId: string): Promise<Pick<Progress, "count" | "movedAt">> {
    const count = { download_count: 0, download_size: 0, failed_count: 0 };
    let movedAt: number | undefined;
    for await (const item of this.items(`count#${reqId}`)) {
      if (item["part"] === MOVED) movedAt = z.number().optional().catch(undefined).parse(item["at"]);
      const { data } = countSchema.safeParse(item);
      if (data === undefined) continue;
      count.download_count += data.download_count;
      count.download_size += data.download_size;
      count.failed_count += data.failed_count;
    }
    return { count, movedAt };
  }

  /** The counters, and the last beat of every process that worked on the request. */
  async of(reqId: string): Promise<Progress> {
    const [counted, beats] = await Promise.all([this.count(reqId), this.beats(reqId)]);
    return { ...counted, beats };
  }

  /** Counters of each POP: of these blocks, and only of POPs that have any. */
  async pops(reqId: string, blocks: number): Promise<Map<string, Count>> {
    const counts = new Map<string, Count>();
    const numbers = Array.from({ length: blocks }, (_, block) => block);
    await Promise.all(
      numbers.map(async (block) => {
        for await (const item of this.items(`pops#${reqId}#${block}`)) addPopCounters(counts, item);
      }),
    );
    return counts;
  }

  async beat(reqId: string, beat: Beat, expireAt: number): Promise<void> {
    const Item = { key: `beat#${reqId}`, part: `${beat.instance}#${beat.worker}`, ...beat, expire_at: expireAt };
    await this.db.send(new PutCommand({ TableName: this.table, Item }));
  }

  /**
   * Takes the right to ask Shutdown for a look at a request, which one at a time has.
   * @param now milliseconds since the epoch
   * @param againMs after which the right of before is void: whoever had it has died
   * @returns false: somebody has asked, and no answer came yet
   */
  async mayAsk(reqId: string, now: number, againMs: number, expireAt: number): Promise<boolean> {
    const put = new PutCommand({
      TableName: this.table,
      Item: { key: `ask#${reqId}`, part: "look", at: now, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(#at) OR #at < :old OR #at > :now",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":old": now - againMs, ":now": now },
    });
    return this.ifConditionHolds(() => this.db.send(put));
  }

  /** Whoever has something to ask may ask again from now on. */
  async answered(reqId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { key: `ask#${reqId}`, part: "look" } }));
  }

  private async beats(reqId: string): Promise<Beat[]> {
    const beats: Beat[] = [];
    for await (const item of this.items(`beat#${reqId}`)) {
      const parsed = beatSchema.safeParse(item);
      if (parsed.success) beats.push(parsed.data);
      else this.onUnreadable({ kind: "beat", key: `${reqId} ${item["part"]}`, problem: z.prettifyError(parsed.error) });
    }
    return beats;
  }

  private async *items(key: string): AsyncGenerator<Record<string, unknown>> {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.db.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "#key = :key",
          ExpressionAttributeNames: { "#key": "key" },
          ExpressionAttributeValues: { ":key": key },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** An update that adds to counters. Those that stay as they are stand in nobody's way. */
  private addition(key: string, part: string, counters: Readonly<Record<string, number>>, expireAt: number) {
    const changes = Object.entries(counters).filter(([, by]) => by !== 0);
    const adds = changes.map((_, i) => `#c${i} :c${i}`).join(", ");
    return {
      TableName: this.table,
      Key: { key, part },
      UpdateExpression: `SET expire_at = :expire${adds === "" ? "" : ` ADD ${adds}`}`,
      ...(adds === ""
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries(changes.map(([name], i) => [`#c${i}`, name])) }),
      ExpressionAttributeValues: {
        ":expire": expireAt,
        ...Object.fromEntries(changes.map(([, by], i) => [`:c${i}`, by])),
      },
    };
  }

  private async ifConditionHolds(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await withConflictRetry(write);
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }
}

function totalsOf({ count, size, failed }: CountChange): Record<string, number> {
  return { download_count: count, download_size: size, failed_count: failed };
}

/** Counters of a POP are named by it: `SIN2-C1 c` (results), `SIN2-C1 b` (bytes), `SIN2-C1 f` (failures). */
function popCountersOf(pops: ReadonlyMap<string, CountChange>): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const [pop, { count, size, failed }] of pops) {
    counters[`${pop} c`] = count;
    counters[`${pop} b`] = size;
    counters[`${pop} f`] = failed;
  }
  return counters;
}

const FIELD_OF = { c: "download_count", b: "download_size", f: "failed_count" } as const;

function addPopCounters(
  counts: Map<string, { -readonly [K in keyof Count]: Count[K] }>,
  item: Record<string, unknown>,
) {
  for (const [name, value] of Object.entries(item)) {
    const [, pop, kind] = /^(\S+) ([cbf])$/.exec(name) ?? [];
    if (pop === undefined || typeof value !== "number") continue;
    const count = counts.get(pop) ?? { download_count: 0, download_size: 0, failed_count: 0 };
    count[FIELD_OF[kind as keyof typeof FIELD_OF]] += value;
    counts.set(pop, count);
  }
}
