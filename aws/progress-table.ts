import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { blockCount, popPlace } from "../domain/plan/stripes.ts";
import { type Beat, beatSchema, type Progress } from "../domain/request/progress.ts";
import type { Minutes } from "../domain/request/samples.ts";
import { addCount, type Count, NO_COUNT, type Sum } from "../domain/result/count.ts";
import { type FailureReason, failureReasons } from "../domain/result/failure.ts";
import {
  type FailureExample,
  type FailureGroup,
  failureExampleSchema,
  mostFirst,
} from "../domain/result/failure-group.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import { whetherConditionHolds, withConflictRetry } from "./conflicts.ts";
import { queryItems } from "./query-items.ts";

/** A batch of results, counted: what it adds to the request, and which part of that is of which POP. */
export interface BatchCount {
  readonly total: Count;
  /** One of the request's stripes: writers of different stripes do not wait for each other. */
  readonly stripe: number;
  /** By block, and by the POP's place in it: domain/plan/stripes.ts says which those are. */
  readonly blocks: ReadonlyMap<number, ReadonlyMap<number, Count>>;
  /** Examples of what came uncompressed. A stripe keeps those of the first batch that has any. @default none */
  readonly uncompressed?: readonly string[];
  /** Failures by reason: how many more there are, and the numbers of POPs where some were added. @default none */
  readonly failures?: ReadonlyMap<FailureReason, { readonly tasks: number; readonly pops: readonly number[] }>;
}

const countSchema = z.object({
  download_count: z.number().default(0),
  download_size: z.number().default(0),
  failed_count: z.number().default(0),
  warm_count: z.number().default(0),
  hit_count: z.number().default(0),
  not_kept_count: z.number().default(0),
  uncompressed_count: z.number().default(0),
  rec_miss_count: z.number().default(0),
});
const minuteBytesSchema = z.object({ bytes: z.number().int().nonnegative() });
const examplesSchema = z.array(z.string()).catch([]);

/** So many examples are told. */
const MAX_EXAMPLES = 3;

/** Sort keys of `count#…`, next to those of the stripes. */
const MOVED = "moved";
const CORRECTION = "recount";
/** What the sort keys of `fails#…` begin with that hold examples, next to those of the stripes. */
const EXAMPLES = "examples#";
const failureExamples = z.array(failureExampleSchema).catch([]);
const numberSchema = z.number().catch(0);
const numbersSchema = z.set(z.number()).catch(new Set());

/**
 * The Progress table: counters and beats, of which each is small and changes often. No stream follows it. Keys: `count#id`
 * (a stripe of the totals each), `pops#id#block`, `fails#id`, `minute#id`, `bytes#id` (a minute each), `beat#id`, `ask#id`. What is
 * before the `#` is what a policy on leading keys tells apart.
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
      this.addition(`count#${reqId}`, stripe, { ...batch.total }, expireAt, batch.uncompressed),
      ...[...batch.blocks].map(([block, pops]) =>
        this.addition(`pops#${reqId}#${block}`, stripe, popCountersOf(pops), expireAt),
      ),
      ...(batch.failures === undefined
        ? []
        : [this.addition(`fails#${reqId}`, stripe, failureCountersOf(batch.failures), expireAt)]),
    ];
    const transact = new TransactWriteCommand({
      TransactItems: updates.map((update) => ({ Update: update })),
      ClientRequestToken: token,
    });
    await withConflictRetry(() => this.db.send(transact));
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
      Item: { key: `fails#${reqId}`, part: `${EXAMPLES}${reason}`, examples, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(part)",
    });
    await whetherConditionHolds(() => this.db.send(put));
  }

  /**
   * The failures by reason, as far as they are counted; those of most tasks first. A POP counts though all of its failures were
   * taken back since. URLs are not counted.
   */
  async failures(reqId: string): Promise<FailureGroup[]> {
    const tasks = new Map<string, number>();
    const pops = new Map<string, Set<number>>();
    const examples = new Map<string, FailureExample[]>();
    for await (const item of this.items(`fails#${reqId}`)) {
      const part = String(item["part"]);
      if (part.startsWith(EXAMPLES)) examples.set(part.slice(EXAMPLES.length), failureExamples.parse(item["examples"]));
      for (const code of failureReasons) {
        tasks.set(code, (tasks.get(code) ?? 0) + numberSchema.parse(item[`t_${code}`]));
        pops.set(code, new Set([...(pops.get(code) ?? []), ...numbersSchema.parse(item[`p_${code}`])]));
      }
    }
    const groups = failureReasons.map((code) => ({
      ...{ code, tasks: Math.max(0, tasks.get(code) ?? 0), pops: pops.get(code)?.size ?? 0, urls: null },
      examples: examples.get(code) ?? [],
    }));
    return mostFirst(groups.filter((group) => group.tasks > 0));
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
    await whetherConditionHolds(() => this.db.send(update));
  }

  /** Puts counters right that have missed results, or counted some twice: a recount knows by how much. */
  async correct(reqId: string, by: Count, expireAt: number): Promise<void> {
    const addition = this.addition(`count#${reqId}`, CORRECTION, { ...by }, expireAt);
    await this.db.send(new UpdateCommand({ ...addition, TableName: this.table }));
  }

  /** The counters, as of all writes that have ended. */
  async count(reqId: string): Promise<Pick<Progress, "count" | "movedAt" | "uncompressed">> {
    const count: Sum = { ...NO_COUNT };
    const examples = new Set<string>();
    let movedAt: number | undefined;
    for await (const item of this.items(`count#${reqId}`)) {
      if (item["part"] === MOVED) movedAt = z.number().optional().catch(undefined).parse(item["at"]);
      const { data } = countSchema.safeParse(item);
      if (data !== undefined) addCount(count, data);
      if ("uncompressed" in item) for (const it of examplesSchema.parse(item["uncompressed"])) examples.add(it);
    }
    if (examples.size === 0) return { count, movedAt };
    return { count, movedAt, uncompressed: [...examples].slice(0, MAX_EXAMPLES) };
  }

  /** The counters, and the last beat of every process that worked on the request. */
  async of(reqId: string): Promise<Progress> {
    const [counted, beats] = await Promise.all([this.count(reqId), this.beats(reqId)]);
    return { ...counted, beats };
  }

  /** The counters of those of a request's POPs that have any. @param pops all of the request's, in their order */
  async pops(reqId: string, pops: readonly string[]): Promise<Map<string, Count>> {
    const blocks = Array.from({ length: blockCount(pops.length) }, (_, block) => block);
    const sums = await Promise.all(blocks.map((block) => this.placesOf(reqId, block)));
    const counts = new Map<string, Count>();
    for (const [n, pop] of pops.entries()) {
      const { block, place } = popPlace(n);
      const sum = sums[block]?.get(place);
      if (sum !== undefined) counts.set(pop, sum);
    }
    return counts;
  }

  async beat(reqId: string, beat: Beat, expireAt: number): Promise<void> {
    const Item = { key: `beat#${reqId}`, part: `${beat.instance}#${beat.worker}`, ...beat, expire_at: expireAt };
    await this.db.send(new PutCommand({ TableName: this.table, Item }));
  }

  /**
   * Takes the right to ask Shutdown for a look at a request, which one at a time has.
   * @param by who asks: the same may ask again, because it may have died between this and the question
   * @param now milliseconds since the epoch
   * @param againMs after which the right of before is void: no answer will come
   * @returns false: somebody else has asked, and no answer came yet
   */
  async mayAsk(reqId: string, by: string, now: number, againMs: number, expireAt: number): Promise<boolean> {
    const put = new PutCommand({
      TableName: this.table,
      Item: { key: `ask#${reqId}`, part: "look", at: now, by, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(#at) OR #at < :old OR #at > :now OR #by = :by",
      ExpressionAttributeNames: { "#at": "at", "#by": "by" },
      ExpressionAttributeValues: { ":old": now - againMs, ":now": now, ":by": by },
    });
    return whetherConditionHolds(() => this.db.send(put));
  }

  /** Whoever has something to ask may ask again from now on. */
  async answered(reqId: string): Promise<void> {
    await this.db.send(new DeleteCommand({ TableName: this.table, Key: { key: `ask#${reqId}`, part: "look" } }));
  }

  /** Says what was counted when a minute began. The first who says so is believed. @param minute its number */
  async began(reqId: string, minute: number, count: Count, expireAt: number): Promise<void> {
    const put = new PutCommand({
      TableName: this.table,
      Item: { key: `minute#${reqId}`, part: String(minute), ...count, expire_at: expireAt },
      ConditionExpression: "attribute_not_exists(part)",
    });
    await whetherConditionHolds(() => this.db.send(put));
  }

  /** Adds bytes that came in a minute. One that is tried again may add them twice. @param minute its number */
  async received(reqId: string, minute: number, bytes: number, expireAt: number): Promise<void> {
    const update = new UpdateCommand({
      TableName: this.table,
      Key: { key: `bytes#${reqId}`, part: String(minute) },
      UpdateExpression: "SET expire_at = :expire ADD #bytes :bytes",
      ExpressionAttributeNames: { "#bytes": "bytes" },
      ExpressionAttributeValues: { ":expire": expireAt, ":bytes": bytes },
    });
    await this.db.send(update);
  }

  /** What is kept of a request by the minute. Instances write the bytes: what is no such number is left out. */
  async minutes(reqId: string): Promise<Minutes> {
    const [began, received] = await Promise.all([
      this.byMinute(`minute#${reqId}`, countSchema),
      this.byMinute(`bytes#${reqId}`, minuteBytesSchema),
    ]);
    return { began, received: new Map([...received].map(([minute, { bytes }]) => [minute, bytes])) };
  }

  private async byMinute<T>(key: string, schema: z.ZodType<T>): Promise<Map<number, T>> {
    const found = new Map<number, T>();
    for await (const item of this.items(key)) {
      const [minute, { data }] = [Number(item["part"]), schema.safeParse(item)];
      if (Number.isInteger(minute) && data !== undefined) found.set(minute, data);
    }
    return found;
  }

  /** The last beat of every process that worked on a request. */
  async beats(reqId: string): Promise<Beat[]> {
    const beats: Beat[] = [];
    for await (const item of this.items(`beat#${reqId}`)) {
      const parsed = beatSchema.safeParse(item);
      if (parsed.success) beats.push(parsed.data);
      else this.onUnreadable({ kind: "beat", key: `${reqId} ${item["part"]}`, problem: z.prettifyError(parsed.error) });
    }
    return beats;
  }

  /** The sums of a block's counters over all stripes, by the POP's place. */
  private async placesOf(reqId: string, block: number): Promise<Map<number, Count>> {
    const sums = new Map<number, Count>();
    for await (const item of this.items(`pops#${reqId}#${block}`)) addPopCounters(sums, item);
    return sums;
  }

  private items(key: string): AsyncGenerator<Record<string, unknown>> {
    return queryItems((start) =>
      this.db.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "#key = :key",
          ExpressionAttributeNames: { "#key": "key" },
          ExpressionAttributeValues: { ":key": key },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      ),
    );
  }

  /** An update that adds to counters. Those that stay as they are stand in nobody's way. */
  private addition(
    key: string,
    part: string,
    counters: Readonly<Record<string, number | ReadonlySet<number>>>,
    expireAt: number,
    examples: readonly string[] = [],
  ) {
    const set = examples.length === 0 ? "" : ", uncompressed = if_not_exists(uncompressed, :examples)";
    const changes = Object.entries(counters).filter(([, by]) => by !== 0);
    const adds = changes.map((_, i) => `#c${i} :c${i}`).join(", ");
    return {
      TableName: this.table,
      Key: { key, part },
      UpdateExpression: `SET expire_at = :expire${set}${adds === "" ? "" : ` ADD ${adds}`}`,
      ...(adds === ""
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries(changes.map(([name], i) => [`#c${i}`, name])) }),
      ExpressionAttributeValues: {
        ":expire": expireAt,
        ...(set === "" ? {} : { ":examples": examples }),
        ...Object.fromEntries(changes.map(([, by], i) => [`:c${i}`, by])),
      },
    };
  }
}

/**
 * Counters of a POP are named by its place: `c7` (results), `b7` (bytes), `f7` (failures), and of the outcomes `w7`, `h7`,
 * `n7`; `m7` are misses at its REC. Long names would be billed, and so would zeros: they are not written.
 */
function popCountersOf(places: ReadonlyMap<number, Count>): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const [place, count] of places)
    for (const [letter, field] of POP_COUNTERS) counters[`${letter}${place}`] = count[field];
  return counters;
}

/** Of each reason, `t_http_4xx` (tasks) and `p_http_4xx`, the set of its POPs' numbers. An empty set cannot be written. */
function failureCountersOf(
  failures: NonNullable<BatchCount["failures"]>,
): Record<string, number | ReadonlySet<number>> {
  const counters: Record<string, number | ReadonlySet<number>> = {};
  for (const [reason, { tasks, pops }] of failures) {
    counters[`t_${reason}`] = tasks;
    if (pops.length > 0) counters[`p_${reason}`] = new Set(pops);
  }
  return counters;
}

const POP_COUNTERS = [
  ["c", "download_count"],
  ["b", "download_size"],
  ["f", "failed_count"],
  ["w", "warm_count"],
  ["h", "hit_count"],
  ["n", "not_kept_count"],
  ["m", "rec_miss_count"],
] as const;
const FIELD_OF: ReadonlyMap<string, keyof Count> = new Map(POP_COUNTERS);

function addPopCounters(sums: Map<number, Count>, item: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(item)) {
    const [, letter = "", place] = /^([a-z])(\d+)$/.exec(name) ?? [];
    const field = FIELD_OF.get(letter);
    if (field === undefined || typeof value !== "number") continue;
    const sum = sums.get(Number(place)) ?? NO_COUNT;
    sums.set(Number(place), { ...sum, [field]: sum[field] + value });
  }
}
