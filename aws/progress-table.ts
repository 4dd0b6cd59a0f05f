import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { OnUnparseable } from "../domain/log-fields.ts";
import { blockCount, popIndexAt } from "../domain/plan/counter-shards.ts";
import type { HeartbeatStore } from "../domain/plan/ports.ts";
import { type Heartbeat, heartbeatSchema, type Progress, processOf } from "../domain/request/progress.ts";
import { addCount, type Count, countSchema, NO_COUNT, type Sum } from "../domain/result/count.ts";
import { type FailureReason, failureReasons } from "../domain/result/failure.ts";
import {
  type FailureExample,
  type FailureGroup,
  failureExampleSchema,
  mostFirst,
} from "../domain/result/failure-groups.ts";
import { itemUpdate, tryConditionalWrite, withConflictRetry } from "./conditional-writes.ts";
import { putItems, queryItems } from "./dynamodb.ts";

/**
 * The keys of the Progress table, one a kind of item. What is before the `#` is what a policy on leading keys tells apart
 * (lib/permissions.ts): whoever writes one kind may be refused the others.
 */
export const KEY = {
  /** The request's totals: one item per counter shard, {@link LAST_RESULT} and {@link CORRECTION}. */
  count: (reqId: string) => `count#${reqId}`,
  /** The totals of a block of its POPs: a shard each. */
  pops: (reqId: string, block: number) => `pops#${reqId}#${block}`,
  /** Its failures by reason: a shard each, and examples of each reason. */
  fails: (reqId: string) => `fails#${reqId}`,
  /** The last heartbeat of each process. */
  heartbeat: (reqId: string) => `beat#${reqId}`,
  /** By request, or by host while it throttles: the TAT of its rate. Of a request also the permits of all processes. */
  limit: (id: string) => `limit#${id}`,
  /** The rate that a host accepts. */
  host: (host: string) => `host#${host}`,
  /** Who requested a settlement check. */
  ask: (reqId: string) => `ask#${reqId}`,
  /** When each POP resolved last for this deployment: one item a POP that exists. */
  resolved: "pop#resolved",
} as const;

/** Sort keys of `count`, next to those of the shards. */
const LAST_RESULT = "moved";
const CORRECTION = "recount";

const countItemSchema = countSchema.extend({
  /** Of {@link LAST_RESULT}: when the newest of the counted results was written. */
  at: z.number().optional().catch(undefined),
  uncompressed: z.array(z.string()).catch([]),
});
const resolvedSchema = z.object({ part: z.string(), at: z.number().min(0).max(8.64e15) });
/** After this time without an address, a code counts as one that never had any. */
const KEEP_RESOLVED_SECONDS = 366 * 86_400;
const failureExamples = z.array(failureExampleSchema).catch([]);
const numberSchema = z.number().catch(0);
const numbersSchema = z.set(z.number()).catch(new Set());

/** Instances write heartbeats, as many as they like. 10,000 of 200 bytes are 2 pages: 300 instances of 16 processes, each replaced once. */
const MAX_HEARTBEAT_PAGES = 6;

/** So many examples are read. */
const MAX_EXAMPLES = 3;

/** A batch of results, counted: what it adds to the request, and which part of that is of which POP. */
export interface BatchCount {
  readonly total: Count;
  /** One of the request's shards: writers of different shards do not wait for each other. */
  readonly shard: number;
  /** By block, and by the POP's place in it: domain/plan/counter-shards.ts says which those are. */
  readonly blocks: ReadonlyMap<number, ReadonlyMap<number, Count>>;
  /** Examples of what came uncompressed. A shard keeps those of the first batch that has any. */
  readonly uncompressed: readonly string[];
  /** By reason: how many more failures there are, and the numbers of POPs where some were added. */
  readonly failures: ReadonlyMap<FailureReason, { readonly tasks: number; readonly pops: readonly number[] }>;
}

/** The Progress table: counters, heartbeats and when POPs resolved. Each item is small and changes often. No stream follows it. Reads are strong. */
export class ProgressTable implements HeartbeatStore {
  constructor(
    private readonly db: DynamoDBDocument,
    private readonly table: string,
    private readonly onUnparseable: OnUnparseable,
  ) {}

  /** The counters. */
  async count(reqId: string): Promise<Omit<Progress, "heartbeats">> {
    const count: Sum = { ...NO_COUNT };
    const examples = new Set<string>();
    let lastResultAt: number | undefined;
    for await (const item of this.items(KEY.count(reqId))) {
      const { data } = countItemSchema.safeParse(item);
      if (data === undefined) continue;
      addCount(count, data);
      lastResultAt = data.at ?? lastResultAt;
      for (const example of data.uncompressed) examples.add(example);
    }
    return {
      count,
      lastResultAt,
      uncompressed: examples.size === 0 ? undefined : [...examples].slice(0, MAX_EXAMPLES),
    };
  }

  /** The last heartbeat of every process that worked on a request. */
  async heartbeats(reqId: string): Promise<Heartbeat[]> {
    const heartbeats: Heartbeat[] = [];
    for await (const item of this.items(KEY.heartbeat(reqId), MAX_HEARTBEAT_PAGES)) {
      const parsed = heartbeatSchema.safeParse(item);
      if (parsed.success) heartbeats.push(parsed.data);
      else
        this.onUnparseable({
          kind: "heartbeat",
          key: `${reqId} ${item["part"]}`,
          problem: z.prettifyError(parsed.error),
        });
    }
    return heartbeats;
  }

  /** The counters, and the last heartbeat of every process that worked on the request. */
  async of(reqId: string): Promise<Progress> {
    const [counted, heartbeats] = await Promise.all([this.count(reqId), this.heartbeats(reqId)]);
    return { ...counted, heartbeats };
  }

  /** The counters of those of a request's POPs that have any. @param pops all of the request's, in their order */
  async pops(reqId: string, pops: readonly string[]): Promise<Map<string, Count>> {
    const counts = new Map<string, Sum>();
    const addBlock = async (block: number) => {
      for await (const item of this.items(KEY.pops(reqId, block)))
        for (const [name, value] of Object.entries(item)) {
          const [, letter = "", place] = /^([a-z])(\d+)$/.exec(name) ?? [];
          const [field, pop] = [FIELD_OF.get(letter), pops[popIndexAt({ block, place: Number(place) })]];
          if (field === undefined || pop === undefined || typeof value !== "number") continue;
          const sum = counts.get(pop) ?? { ...NO_COUNT };
          sum[field] += value;
          counts.set(pop, sum);
        }
    };
    await Promise.all(Array.from({ length: blockCount(pops.length) }, (_, block) => addBlock(block)));
    return counts;
  }

  /**
   * The failures by reason, as far as they are counted; those of most tasks first. A POP counts even if
   * successes have replaced all of its failures. URLs are not counted.
   */
  async failures(reqId: string): Promise<FailureGroup[]> {
    const groups = failureReasons.map((code) => ({
      code,
      tasks: 0,
      pops: new Set<number>(),
      examples: [] as FailureExample[],
    }));
    for await (const item of this.items(KEY.fails(reqId)))
      for (const group of groups) {
        const { code } = group;
        if (item["part"] === examplesPart(code)) group.examples = failureExamples.parse(item["examples"]);
        group.tasks += numberSchema.parse(item[tasksOf(code)]);
        for (const pop of numbersSchema.parse(item[popsOf(code)])) group.pops.add(pop);
      }
    const some = groups.filter(({ tasks }) => tasks > 0);
    return mostFirst(some.map((group) => ({ ...group, subject: "task", pops: group.pops.size, urls: null })));
  }

  /**
   * Adds a batch to the counters, all of it or nothing, and once for a token (DynamoDB remembers it for ten minutes).
   * The same token must come with the same batch.
   * @param expireAt TTL, seconds since the epoch
   */
  async add(reqId: string, batch: BatchCount, token: string, expireAt: number): Promise<void> {
    const part = String(batch.shard);
    const additions = [
      additionTo({ key: KEY.count(reqId), part }, { ...batch.total }, expireAt, batch.uncompressed),
      ...[...batch.blocks].map(([block, pops]) =>
        additionTo({ key: KEY.pops(reqId, block), part }, popCountersOf(pops), expireAt),
      ),
    ];
    if (batch.failures.size > 0)
      additions.push(additionTo({ key: KEY.fails(reqId), part }, failureCountersOf(batch.failures), expireAt));
    await withConflictRetry(() =>
      this.db.transactWrite({
        TransactItems: additions.map((addition) => ({ Update: { TableName: this.table, ...addition } })),
        ClientRequestToken: token,
      }),
    );
  }

  /** Corrects the counters by the difference that a recount found. */
  async correct(reqId: string, by: Count, expireAt: number): Promise<void> {
    await this.increase({ key: KEY.count(reqId), part: CORRECTION }, { ...by }, expireAt);
  }

  /** Stores when the newest result was written; an earlier time changes nothing. @param at milliseconds since the epoch */
  async putLastResultTime(reqId: string, at: number, expireAt: number): Promise<void> {
    await tryConditionalWrite(() =>
      this.db.update({
        TableName: this.table,
        Key: { key: KEY.count(reqId), part: LAST_RESULT },
        UpdateExpression: "SET #at = :at, expire_at = :expire",
        ConditionExpression: "attribute_not_exists(#at) OR #at < :at",
        ExpressionAttributeNames: { "#at": "at" },
        ExpressionAttributeValues: { ":at": at, ":expire": expireAt },
      }),
    );
  }

  /** Keeps examples of a reason, unless there are some. */
  async putFailureExamples(
    reqId: string,
    reason: FailureReason,
    examples: readonly FailureExample[],
    expireAt: number,
  ): Promise<void> {
    await this.putIfAbsent({ key: KEY.fails(reqId), part: examplesPart(reason), examples, expire_at: expireAt });
  }

  /** Writes a heartbeat. The item's `permits` stay: they are the process's lease (aws/permit-table.ts). */
  async writeHeartbeat(reqId: string, heartbeat: Heartbeat, expireAt: number): Promise<void> {
    // A change of the lease may be in its way.
    await withConflictRetry(() =>
      this.db.update({
        TableName: this.table,
        Key: { key: KEY.heartbeat(reqId), part: processOf(heartbeat) },
        // Attributes that the heartbeat lacks are removed.
        ...itemUpdate({
          ...heartbeat,
          retrying: heartbeat.retrying,
          expire_at: expireAt,
        }),
      }),
    );
  }

  /** When POPs resolved last, in milliseconds since the epoch, by code. */
  async resolvedPops(): Promise<Map<string, number>> {
    const times = new Map<string, number>();
    for await (const item of this.items(KEY.resolved)) {
      const { data, error } = resolvedSchema.safeParse(item);
      if (data !== undefined) times.set(data.part, data.at);
      else this.onUnparseable({ kind: "resolved POP", key: String(item["part"]), problem: z.prettifyError(error) });
    }
    return times;
  }

  /** Records that these POPs resolved. Of two writers the last one wins. @param at milliseconds since the epoch */
  async recordResolved(pops: readonly string[], at: number): Promise<void> {
    const expire_at = Math.floor(at / 1_000) + KEEP_RESOLVED_SECONDS;
    const items = pops.map((pop) => ({ key: KEY.resolved, part: pop, at, expire_at }));
    await putItems(this.db, this.table, items);
  }

  /** @param maxPages of a megabyte each. @default all of them */
  private items(key: string, maxPages?: number): AsyncGenerator<Record<string, unknown>> {
    const query = {
      TableName: this.table,
      KeyConditionExpression: "#key = :key",
      ExpressionAttributeNames: { "#key": "key" },
      ExpressionAttributeValues: { ":key": key },
      ConsistentRead: true,
    };
    return queryItems(this.db, query, maxPages);
  }

  private async increase(key: ItemKey, counters: Counters, expireAt: number): Promise<void> {
    await this.db.update({ TableName: this.table, ...additionTo(key, counters, expireAt) });
  }

  /** Writes an item unless there is one. */
  private async putIfAbsent(item: ItemKey & Readonly<Record<string, unknown>>): Promise<void> {
    await tryConditionalWrite(() =>
      this.db.put({
        TableName: this.table,
        Item: item,
        ConditionExpression: "attribute_not_exists(part)",
      }),
    );
  }
}

interface ItemKey {
  readonly key: string;
  readonly part: string;
}

/** Counters by their attributes' names: by how much each grows, or what a set gets. */
type Counters = Readonly<Record<string, number | ReadonlySet<number>>>;

/**
 * An update that adds to counters, without its table. One that does not change is left out, so that it conflicts with no other write.
 * @param expireAt TTL, seconds since the epoch
 * @param examples of what came uncompressed; the first that are kept stay. @default none
 */
function additionTo(key: ItemKey, counters: Counters, expireAt: number, examples: readonly string[] = []) {
  const set = examples.length === 0 ? "" : ", uncompressed = if_not_exists(uncompressed, :examples)";
  const changes = Object.entries(counters).filter(([, by]) => by !== 0);
  const adds = changes.map((_, i) => `#c${i} :c${i}`).join(", ");
  return {
    Key: key,
    UpdateExpression: `SET #expire = :expire${set}${adds === "" ? "" : ` ADD ${adds}`}`,
    ExpressionAttributeNames: {
      "#expire": "expire_at",
      ...Object.fromEntries(changes.map(([name], i) => [`#c${i}`, name])),
    },
    ExpressionAttributeValues: {
      ":expire": expireAt,
      ...(set === "" ? {} : { ":examples": examples }),
      ...Object.fromEntries(changes.map(([, by], i) => [`:c${i}`, by])),
    },
  };
}

/** Of each reason `t_http_4xx` (tasks), and `p_http_4xx`, the set of its POPs' numbers. */
const tasksOf = (reason: FailureReason) => `t_${reason}`;
const popsOf = (reason: FailureReason) => `p_${reason}`;
/** Sort key of a reason's examples, next to those of the shards. */
const examplesPart = (reason: FailureReason) => `examples#${reason}`;

/** What is added of failures. An empty set cannot be written. */
function failureCountersOf(failures: BatchCount["failures"]): Counters {
  const counters: Record<string, number | ReadonlySet<number>> = {};
  for (const [reason, { tasks, pops }] of failures) {
    counters[tasksOf(reason)] = tasks;
    if (pops.length > 0) counters[popsOf(reason)] = new Set(pops);
  }
  return counters;
}

/**
 * Counters of a POP are named by its place: `c7` (results), `b7` (bytes of objects), `t7` (transferred bytes), `f7` (failures), and of the
 * outcomes `w7`, `h7`, `r7`, `n7`. Long names would be billed, and so would zeros: they are not written.
 */
const POP_COUNTERS = [
  ["c", "download_count"],
  ["b", "download_size"],
  ["t", "transferred_bytes"],
  ["f", "failed_count"],
  ["w", "warm_count"],
  ["h", "hit_count"],
  ["r", "regional_count"],
  ["n", "not_kept_count"],
] as const;
const FIELD_OF: ReadonlyMap<string, keyof Count> = new Map(POP_COUNTERS);

/** What is added of a block's POPs, by their places. */
function popCountersOf(places: ReadonlyMap<number, Count>): Counters {
  const counters: Record<string, number> = {};
  for (const [place, count] of places)
    for (const [letter, field] of POP_COUNTERS) counters[`${letter}${place}`] = count[field];
  return counters;
}
