import type { BatchCount, ProgressTable } from "../../../aws/progress-table.ts";
import { popPlace } from "../../../domain/plan/counter-shards.ts";
import type { Heartbeat, Progress } from "../../../domain/request/progress.ts";
import { addCount, type Count, NO_COUNT } from "../../../domain/result/count.ts";
import type { FailureReason } from "../../../domain/result/failure.ts";
import { type FailureExample, type FailureGroup, mostFirst } from "../../../domain/result/failure-groups.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";

/** The failures that have one reason. */
interface FakeFailures extends Omit<FailureGroup, "tasks" | "pops"> {
  tasks: number;
  readonly places: Set<number>;
}

export class FakeProgress implements Omit<Public<ProgressTable>, "writeHeartbeat"> {
  /** Counters of the requests, and of their POPs as `req_id/block/place`. */
  readonly counts = new Map<string, Count>();
  readonly beaten = new Map<string, Heartbeat[]>();
  /** When the newest counted result was written, by request. */
  readonly lastResultAt = new Map<string, number>();
  /** What came uncompressed, by request: of the first batch that had any. */
  readonly examples = new Map<string, readonly string[]>();
  /** Failures by reason, of each request. */
  readonly failed = new Map<string, Map<FailureReason, FakeFailures>>();
  /** What is kept by the minute, of each request. */
  readonly kept = new Map<string, { readonly began: Map<number, Count>; readonly received: Map<number, number> }>();
  /** When each POP resolved last. */
  readonly resolved = new Map<string, number>();
  /** Until when what was written is kept, by the call that said so. */
  readonly expiries: [call: string, expireAt: number][] = [];
  private readonly tokens = new Set<string>();

  async add(
    reqId: string,
    { total, blocks, uncompressed = [], failures }: BatchCount,
    token: string,
    expireAt?: number,
  ) {
    this.keep("add", expireAt);
    if (this.tokens.has(token)) return;
    this.tokens.add(token);
    for (const [reason, { tasks, pops }] of failures ?? []) {
      const group = this.groupOf(reqId, reason);
      group.tasks += tasks;
      for (const pop of pops) group.places.add(pop);
    }
    if (uncompressed.length > 0 && !this.examples.has(reqId)) this.examples.set(reqId, uncompressed);
    this.increase(reqId, total);
    for (const [block, places] of blocks)
      for (const [place, count] of places) this.increase(`${reqId}/${block}/${place}`, count);
  }
  async putFailureExamples(
    reqId: string,
    reason: FailureReason,
    examples: readonly FailureExample[],
    expireAt?: number,
  ) {
    this.keep("exemplify", expireAt);
    const group = this.groupOf(reqId, reason);
    if (group.examples.length === 0) group.examples.push(...examples);
  }
  async failures(reqId: string) {
    const groups = [...(this.failed.get(reqId)?.values() ?? [])];
    return mostFirst(groups.map(({ places, ...group }) => ({ ...group, pops: places.size }))).filter(
      ({ tasks }) => tasks > 0,
    );
  }
  private groupOf(reqId: string, code: FailureReason) {
    const groups = this.failed.get(reqId) ?? new Map<FailureReason, FakeFailures>();
    this.failed.set(reqId, groups);
    const group = groups.get(code) ?? {
      code,
      subject: "task" as const,
      tasks: 0,
      places: new Set<number>(),
      urls: null,
      examples: [] as FailureExample[],
    };
    groups.set(code, group);
    return group;
  }
  async putLastResultTime(reqId: string, at: number, expireAt?: number) {
    this.keep("moved", expireAt);
    this.lastResultAt.set(reqId, Math.max(at, this.lastResultAt.get(reqId) ?? 0));
  }
  async putMinute(reqId: string, minute: number, count: Count, expireAt?: number) {
    this.keep("began", expireAt);
    const { began } = await this.minutes(reqId);
    if (!began.has(minute)) began.set(minute, count);
  }
  async addReceivedBytes(reqId: string, minute: number, bytes: number) {
    const { received } = await this.minutes(reqId);
    received.set(minute, (received.get(minute) ?? 0) + bytes);
  }
  async minutes(reqId: string) {
    const minutes = this.kept.get(reqId) ?? { began: new Map(), received: new Map() };
    this.kept.set(reqId, minutes);
    return minutes;
  }
  async correct(reqId: string, by: Count, expireAt?: number) {
    this.keep("correct", expireAt);
    this.increase(reqId, by);
  }
  async count(reqId: string) {
    const counted = { count: this.counts.get(reqId) ?? NO_COUNT, lastResultAt: this.lastResultAt.get(reqId) };
    const uncompressed = this.examples.get(reqId);
    return uncompressed === undefined ? counted : { ...counted, uncompressed };
  }
  async heartbeats(reqId: string) {
    return this.beaten.get(reqId) ?? [];
  }
  async of(reqId: string) {
    return { ...(await this.count(reqId)), heartbeats: await this.heartbeats(reqId) };
  }
  async pops(reqId: string, pops: readonly string[]) {
    const found = new Map<string, Count>();
    for (const [n, pop] of pops.entries()) {
      const { block, place } = popPlace(n);
      const count = this.counts.get(`${reqId}/${block}/${place}`);
      if (count !== undefined) found.set(pop, count);
    }
    return found;
  }

  async resolvedPops() {
    return new Map(this.resolved);
  }
  async recordResolved(pops: readonly string[], at: number) {
    for (const pop of pops) this.resolved.set(pop, at);
  }

  /** What a test says of a request. */
  set(reqId: string, { count, lastResultAt, heartbeats }: Partial<Progress>): void {
    if (count !== undefined) this.counts.set(reqId, count);
    if (lastResultAt !== undefined) this.lastResultAt.set(reqId, lastResultAt);
    if (heartbeats !== undefined) this.beaten.set(reqId, [...heartbeats]);
  }

  private keep(call: string, expireAt: number | undefined) {
    if (expireAt !== undefined) this.expiries.push([call, expireAt]);
  }
  private increase(key: string, by: Count) {
    const sum = { ...(this.counts.get(key) ?? NO_COUNT) };
    addCount(sum, by);
    this.counts.set(key, sum);
  }
}
