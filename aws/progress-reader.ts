import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { blockCount, popPlace } from "../domain/plan/stripes.ts";
import { type Beat, beatSchema, type Progress } from "../domain/request/progress.ts";
import type { Minutes } from "../domain/request/samples.ts";
import { addCount, type Count, NO_COUNT, type Sum } from "../domain/result/count.ts";
import type { FailureGroup } from "../domain/result/failure-group.ts";
import type { OnUnreadable } from "../domain/telemetry/unreadable.ts";
import { failureGroupsOf } from "./progress/failure-counters.ts";
import { KEY, MOVED } from "./progress/keys.ts";
import { addPopCounters } from "./progress/pop-counters.ts";
import { queryItems } from "./query-items.ts";

const countSchema = z.object({
  download_count: z.number().default(0),
  download_size: z.number().default(0),
  failed_count: z.number().default(0),
  warm_count: z.number().default(0),
  hit_count: z.number().default(0),
  not_kept_count: z.number().default(0),
  uncompressed_count: z.number().default(0),
  rec_miss_count: z.number().default(0),
  no_age_count: z.number().default(0),
  age_constant_count: z.number().default(0),
  origin_age_count: z.number().default(0),
  size_changed_count: z.number().default(0),
});
const minuteBytesSchema = z.object({ bytes: z.number().int().nonnegative() });
const examplesSchema = z.array(z.string()).catch([]);

/** Far more processes than ever work on a request: 300 instances of 16 processes, each replaced once. */
const MAX_BEATS = 10_000;
/** A beat has some 200 bytes, and what a minute received has less: ten thousand of either fit three times. */
const MAX_AGENT_PAGES = 6;

/** So many examples are told. */
const MAX_EXAMPLES = 3;

/** The Progress table for those who only read how requests stand: as of all writes that have ended. */
export class ProgressReader {
  constructor(
    protected readonly db: DynamoDBDocumentClient,
    protected readonly table: string,
    private readonly onUnreadable: OnUnreadable,
  ) {}

  /** The counters. */
  async count(reqId: string): Promise<Pick<Progress, "count" | "movedAt" | "uncompressed">> {
    const count: Sum = { ...NO_COUNT };
    const examples = new Set<string>();
    let movedAt: number | undefined;
    for await (const item of this.items(KEY.count(reqId))) {
      if (item["part"] === MOVED) movedAt = z.number().optional().catch(undefined).parse(item["at"]);
      const { data } = countSchema.safeParse(item);
      if (data !== undefined) addCount(count, data);
      if ("uncompressed" in item) for (const it of examplesSchema.parse(item["uncompressed"])) examples.add(it);
    }
    if (examples.size === 0) return { count, movedAt };
    return { count, movedAt, uncompressed: [...examples].slice(0, MAX_EXAMPLES) };
  }

  /**
   * The last beat of every process that worked on a request. Instances write these items: of more than {@link MAX_BEATS}, the first
   * are read.
   */
  async beats(reqId: string): Promise<Beat[]> {
    const beats: Beat[] = [];
    let read = 0;
    for await (const item of this.items(KEY.beat(reqId), MAX_AGENT_PAGES)) {
      if (++read > MAX_BEATS) {
        const problem = `more than ${MAX_BEATS} beats; the others are not read`;
        this.onUnreadable({ kind: "beat", key: reqId, problem });
        break;
      }
      const parsed = beatSchema.safeParse(item);
      if (parsed.success) beats.push(parsed.data);
      else this.onUnreadable({ kind: "beat", key: `${reqId} ${item["part"]}`, problem: z.prettifyError(parsed.error) });
    }
    return beats;
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

  /**
   * The failures by reason, as far as they are counted; those of most tasks first. A POP counts though all of its failures were
   * taken back since. URLs are not counted.
   */
  async failures(reqId: string): Promise<FailureGroup[]> {
    return failureGroupsOf(this.items(KEY.fails(reqId)));
  }

  /** What is kept of a request by the minute. Instances write the bytes: what is no such number is left out. */
  async minutes(reqId: string): Promise<Minutes> {
    const [began, received] = await Promise.all([
      this.byMinute(KEY.minute(reqId), countSchema),
      this.byMinute(KEY.bytes(reqId), minuteBytesSchema, MAX_AGENT_PAGES),
    ]);
    return { began, received: new Map([...received].map(([minute, { bytes }]) => [minute, bytes])) };
  }

  private async byMinute<T>(key: string, schema: z.ZodType<T>, maxPages?: number): Promise<Map<number, T>> {
    const found = new Map<number, T>();
    for await (const item of this.items(key, maxPages)) {
      const [minute, { data }] = [Number(item["part"]), schema.safeParse(item)];
      if (Number.isInteger(minute) && data !== undefined) found.set(minute, data);
    }
    return found;
  }

  /** The sums of a block's counters over all stripes, by the POP's place. */
  private async placesOf(reqId: string, block: number): Promise<Map<number, Count>> {
    const sums = new Map<number, Count>();
    for await (const item of this.items(KEY.pops(reqId, block))) addPopCounters(sums, item);
    return sums;
  }

  /** @param maxPages of a megabyte each, of items that instances write. @default all of them */
  private items(key: string, maxPages?: number): AsyncGenerator<Record<string, unknown>> {
    const ask = (start: Record<string, unknown> | undefined) =>
      this.db.send(
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: "#key = :key",
          ExpressionAttributeNames: { "#key": "key" },
          ExpressionAttributeValues: { ":key": key },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
    return queryItems(ask, maxPages);
  }
}
