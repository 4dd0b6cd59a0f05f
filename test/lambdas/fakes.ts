import { gunzipSync } from "node:zlib";
import type { Checkpoints } from "../../aws/checkpoints.ts";
import type { Distributions } from "../../aws/distributions.ts";
import type { Dns } from "../../aws/dns.ts";
import type { EndingRequestTable } from "../../aws/ending-request-table.ts";
import type { ExpandQueue } from "../../aws/expand-queue.ts";
import type { Fleet } from "../../aws/fleet.ts";
import type { Lists } from "../../aws/lists.ts";
import type { BatchCount, ProgressTable } from "../../aws/progress-table.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestPage } from "../../aws/request-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { ResultFiles } from "../../aws/result-files.ts";
import type { StepQueue } from "../../aws/step-queue.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { Timer, TimerTarget } from "../../aws/timer.ts";
import type { Lane } from "../../domain/plan/lane.ts";
import { type RecountCheckpoint, recountCheckpointSchema } from "../../domain/plan/recount-checkpoint.ts";
import { popPlace } from "../../domain/plan/stripes.ts";
import type { Target } from "../../domain/plan/target.ts";
import { shardKey, type TaskKey } from "../../domain/plan/task-key.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { allowedDistributionsSchema } from "../../domain/request/allowed-distributions.ts";
import type { Place } from "../../domain/request/listed-request.ts";
import type { ReadableList, RequestList } from "../../domain/request/lists.ts";
import type { OwnDistribution } from "../../domain/request/own-distribution.ts";
import type { Beat, Progress } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { CLOSING } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/request/timestamps.ts";
import { type Count, NO_COUNT, plus } from "../../domain/result/count.ts";
import type { FailureReason } from "../../domain/result/failure.ts";
import { type FailureExample, type FailureGroup, mostFirst } from "../../domain/result/failure-group.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { StaleMessages } from "../../lambdas/shutdown/stale-messages.ts";

/** The adapters' public sides, kept in memory, with the conditions under which the real ones write. */
type Public<T> = Pick<T, keyof T>;

export const silent = { info() {}, warn() {}, error() {} };

export async function collect<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export class FakeRequests implements Public<EndingRequestTable> {
  readonly items = new Map<string, RequestItem>();
  /** Those that Shutdown was called for because they ended. */
  readonly ended: string[] = [];
  /** How many pages of the list were asked for. */
  pages = 0;

  constructor(...items: readonly RequestItem[]) {
    for (const item of items) this.items.set(item.req_id, item);
  }

  /** The item. @throws Error if there is none: then the test is set up wrongly */
  the(reqId = "r1"): RequestItem {
    const item = this.items.get(reqId);
    if (item === undefined) throw new Error(`no item ${reqId}`);
    return item;
  }

  async put(item: RequestItem) {
    if (this.items.has(item.req_id)) throw new Error("ConditionalCheckFailed");
    this.items.set(item.req_id, item);
  }
  async putRetry(item: RequestItem, { req_id, retried_by: gone }: Pick<RequestItem, "req_id" | "retried_by">) {
    const isFree = ({ retried_by: by }: RequestItem) => by === undefined || by === gone;
    const holds = (before: RequestItem) => !isActive(before) && isFree(before);
    if (!this.change(req_id, holds, { retried_by: item.req_id })) return false;
    await this.put(item);
    return true;
  }
  async delete(reqId: string) {
    this.items.delete(reqId);
  }
  async get(reqId: string) {
    return this.items.get(reqId);
  }
  async isActive(reqId: string) {
    return this.items.get(reqId)?.active !== undefined;
  }
  async active() {
    return [...this.items.values()].filter(({ active }) => active !== undefined);
  }
  async listActive() {
    return this.active();
  }
  async advance(reqId: string, from: RequestItem["status"], to: RequestItem["status"], fields = {}) {
    return this.change(reqId, ({ status }) => status === from, { ...fields, status: to });
  }
  async standing(reqId: string) {
    return this.items.get(reqId)?.active === undefined ? undefined : this.items.get(reqId);
  }
  async page(most: number, after: Place | undefined, status?: RequestItem["status"]): Promise<RequestPage> {
    this.pages++;
    const place = ({ created_at, req_id }: Place) => `${created_at} ${req_id}`;
    const newest = [...this.items.values()].toSorted((a, b) => (place(a) < place(b) ? 1 : -1));
    const behind = newest.filter((item) => after === undefined || place(item) < place(after));
    const looked = behind.slice(0, most);
    const last = looked.at(-1);
    return {
      requests: looked.filter((item) => status === undefined || item.status === status),
      end:
        looked.length < most || last === undefined ? undefined : { created_at: last.created_at, req_id: last.req_id },
    };
  }
  async listClosing() {
    return [...this.items.values()].filter(({ closing }) => closing !== undefined);
  }
  async end(reqId: string, to: RequestItem["status"], fields = {}) {
    const ended: Partial<RequestItem> = {
      ...fields,
      ...{ status: to, header: [], variants: [], sources: [], closing: CLOSING },
    };
    if (!this.change(reqId, isActive, ended, ["active", "empty_seen_at"])) return false;
    this.ended.push(reqId);
    return true;
  }
  async amend(reqId: string, current: RequestItem["status"], fields: Partial<RequestItem>) {
    return this.change(reqId, ({ status }) => status === current, fields);
  }
  async amendExpanding(reqId: string, fields: Partial<RequestItem>) {
    const isReading = ({ status, expanded }: RequestItem) => status === "EXPANDING" && expanded === undefined;
    return this.change(reqId, isReading, fields);
  }
  async setInstanceCount(reqId: string, instanceCount: number) {
    this.change(reqId, isActive, { instance_count: instanceCount });
  }
  async noteEmptyQueue(reqId: string, at: number | undefined) {
    if (at === undefined) this.change(reqId, isActive, {}, ["empty_seen_at"]);
    else this.change(reqId, isActive, { empty_seen_at: at });
  }
  async claimRequeue(reqId: string, requeues: number) {
    const mayClaim = (item: RequestItem) => isActive(item) && item.requeues === requeues;
    const moved = { requeues: requeues + 1, last_update_time: formatTimestamp(new Date()) };
    return this.change(reqId, mayClaim, moved, ["empty_seen_at"]);
  }
  async nudge({ req_id, status, nudges }: RequestItem) {
    const moved = { nudges: nudges + 1, last_update_time: formatTimestamp(new Date()) };
    return this.change(req_id, (item) => item.status === status && item.nudges === nudges, moved);
  }
  async noteAnnounced(reqId: string) {
    this.change(reqId, (item) => !isActive(item), { announced: true });
  }
  async close(reqId: string, fields: Partial<RequestItem>) {
    return this.change(reqId, (item) => !isActive(item), { ...fields, closed: true }, ["closing"]);
  }

  private change(
    reqId: string,
    holds: (item: RequestItem) => boolean,
    fields: Partial<RequestItem>,
    remove: readonly string[] = [],
  ): boolean {
    const item = this.items.get(reqId);
    if (item === undefined || !holds(item)) return false;
    const changed = Object.entries({ ...item, ...fields }).filter(([name]) => !remove.includes(name));
    this.items.set(reqId, Object.fromEntries(changed) as unknown as RequestItem);
    return true;
  }
}

function isActive(item: RequestItem): boolean {
  return item.active !== undefined;
}

/** The failures that have one reason. */
interface FakeFailures extends Omit<FailureGroup, "tasks" | "pops"> {
  tasks: number;
  readonly places: Set<number>;
}

export class FakeProgress implements Public<ProgressTable> {
  /** Counters of the requests, and of their POPs as `req_id/block/place`. */
  readonly counts = new Map<string, Count>();
  readonly beaten = new Map<string, Beat[]>();
  /** When the newest counted result was written, by request. */
  readonly movedAt = new Map<string, number>();
  /** When somebody asked for a look, by request, as long as there is no answer. */
  readonly asked = new Map<string, number>();
  /** What came uncompressed, by request: of the first batch that had any. */
  readonly examples = new Map<string, readonly string[]>();
  /** Failures by reason, of each request. */
  readonly failed = new Map<string, Map<FailureReason, FakeFailures>>();
  /** What is kept by the minute, of each request. */
  readonly kept = new Map<string, { readonly began: Map<number, Count>; readonly received: Map<number, number> }>();
  private readonly askers = new Map<string, string>();
  private readonly tokens = new Set<string>();

  async add(reqId: string, { total, blocks, uncompressed = [], failures }: BatchCount, token: string) {
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
  async exemplify(reqId: string, reason: FailureReason, examples: readonly FailureExample[]) {
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
    const group = groups.get(code) ?? { code, tasks: 0, places: new Set(), urls: null, examples: [] };
    groups.set(code, group);
    return group;
  }
  async moved(reqId: string, at: number) {
    this.movedAt.set(reqId, Math.max(at, this.movedAt.get(reqId) ?? 0));
  }
  async began(reqId: string, minute: number, count: Count) {
    const { began } = await this.minutes(reqId);
    if (!began.has(minute)) began.set(minute, count);
  }
  async received(reqId: string, minute: number, bytes: number) {
    const { received } = await this.minutes(reqId);
    received.set(minute, (received.get(minute) ?? 0) + bytes);
  }
  async minutes(reqId: string) {
    const minutes = this.kept.get(reqId) ?? { began: new Map(), received: new Map() };
    this.kept.set(reqId, minutes);
    return minutes;
  }
  async correct(reqId: string, by: Count) {
    this.increase(reqId, by);
  }
  async count(reqId: string) {
    const counted = { count: this.counts.get(reqId) ?? NO_COUNT, movedAt: this.movedAt.get(reqId) };
    const uncompressed = this.examples.get(reqId);
    return uncompressed === undefined ? counted : { ...counted, uncompressed };
  }
  async beats(reqId: string) {
    return this.beaten.get(reqId) ?? [];
  }
  async of(reqId: string) {
    return { ...(await this.count(reqId)), beats: await this.beats(reqId) };
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
  async beat(reqId: string, beat: Beat) {
    this.beaten.set(reqId, [...(this.beaten.get(reqId) ?? []), beat]);
  }
  async mayAsk(reqId: string, by: string, now = Date.now(), againMs = 1_200_000) {
    const before = this.asked.get(reqId);
    const may = before === undefined || before < now - againMs || this.askers.get(reqId) === by;
    if (!may) return false;
    this.asked.set(reqId, now);
    this.askers.set(reqId, by);
    return true;
  }
  async answered(reqId: string) {
    this.asked.delete(reqId);
  }

  /** What a test says of a request. */
  set(reqId: string, { count, movedAt, beats }: Partial<Progress>): void {
    if (count !== undefined) this.counts.set(reqId, count);
    if (movedAt !== undefined) this.movedAt.set(reqId, movedAt);
    if (beats !== undefined) this.beaten.set(reqId, [...beats]);
  }

  private increase(key: string, by: Count) {
    this.counts.set(key, plus(this.counts.get(key) ?? NO_COUNT, by));
  }
}

export class FakeSteps implements Public<StepQueue> {
  /** Looks that were sent: the request, and after how many seconds. */
  readonly looks: (readonly [reqId: string, delaySeconds: number])[] = [];
  /** After how many seconds each failed message comes again. */
  readonly pauses: number[] = [];

  /** The requests to be looked at. */
  get requests(): string[] {
    return this.looks.map(([reqId]) => reqId);
  }

  async look(reqId: string, delaySeconds = 0) {
    this.looks.push([reqId, delaySeconds]);
  }
  async again(_receipt: string, seconds: number) {
    this.pauses.push(seconds);
  }
}

export class FakeExpandQueue implements Public<ExpandQueue> {
  /** Requests whose sources are to be read. */
  readonly requests: string[] = [];
  /** After how many seconds each failed message comes again. */
  readonly pauses: number[] = [];

  async expand(reqId: string) {
    this.requests.push(reqId);
  }
  async again(_receipt: string, seconds: number) {
    this.pauses.push(seconds);
  }
}

export class FakeRequestPops implements Public<RequestPopTable> {
  readonly items = new Map<string, Target>();
  /** Targets whose fan-out was started again, and with what number. */
  readonly calledAgain: (readonly [target: string, calls: number])[] = [];

  constructor(
    private readonly requests: FakeRequests,
    ...items: readonly Target[]
  ) {
    for (const item of items) this.items.set(`${item.req_id}/${item.target}`, item);
  }

  async put(items: readonly Target[]) {
    for (const item of items) this.items.set(`${item.req_id}/${item.target}`, item);
  }
  async get(reqId: string, target: string) {
    return this.items.get(`${reqId}/${target}`);
  }
  async of(reqId: string) {
    return [...this.items.values()].filter(({ req_id }) => req_id === reqId);
  }
  async markReady(reqId: string, target: string) {
    const key = `${reqId}/${target}`;
    const item = this.items.get(key);
    if (item?.state === "RESOLVED") this.items.set(key, { ...item, state: "READY" });
  }
  async callAgain(reqId: string, target: string, calls: number) {
    if (this.items.get(`${reqId}/${target}`)?.state === "READY") this.calledAgain.push([target, calls]);
  }
  async markSent(reqId: string, target: string) {
    const key = `${reqId}/${target}`;
    const item = this.items.get(key);
    const owner = this.requests.items.get(reqId);
    if (item?.state !== "READY" || owner?.active === undefined) return false;
    this.items.set(key, { ...item, state: "SENT" });
    this.requests.items.set(reqId, { ...owner, targets_sent: owner.targets_sent + 1, sent_at: Date.now() });
    return true;
  }
}

export class FakeResolvedPops implements Public<ResolvedPops> {
  readonly times = new Map<string, number>();

  async all() {
    return new Map(this.times);
  }
  async note(pops: readonly string[], at: number) {
    for (const pop of pops) this.times.set(pop, at);
  }
}

export class FakeLists implements Public<Lists> {
  /** @param objects the rows of each list, by its key */
  constructor(readonly objects: Record<string, readonly string[][]> = {}) {}

  async *read<T, Written>(list: ReadableList<T, Written>, reqId: string) {
    const rows = this.rowsAt(list.key(reqId));
    for (const row of list.header === undefined ? rows : rows.slice(1)) yield list.fromRow([...row]);
  }
  async write<T>(
    list: RequestList<T>,
    reqId: string,
    entries: AsyncIterable<T> | Iterable<T>,
    parts: readonly string[] = [],
  ) {
    const before = parts.flatMap((key) => this.rowsAt(key));
    const rows = (await collect(entries)).map((entry) => list.toRow(entry).map((value) => String(value ?? "")));
    const header = list.header === undefined ? [] : [[...list.header]];
    this.objects[list.key(reqId)] = [...header, ...before, ...rows];
  }
  async delete<T>(list: RequestList<T>, reqId: string) {
    delete this.objects[list.key(reqId)];
  }

  private rowsAt(key: string): readonly string[][] {
    const rows = this.objects[key];
    if (rows === undefined) throw Object.assign(new Error(`no ${key}`), { name: "NoSuchKey" });
    return rows;
  }
}

export class FakeCheckpoints implements Public<Checkpoints<RecountCheckpoint>> {
  readonly objects = new Map<string, string>();

  async read(reqId: string) {
    const text = this.objects.get(reqId);
    return text === undefined ? undefined : recountCheckpointSchema.parse(JSON.parse(text));
  }
  async write(reqId: string, checkpoint: RecountCheckpoint) {
    this.objects.set(reqId, JSON.stringify(checkpoint));
  }
  async delete(reqId: string) {
    this.objects.delete(reqId);
  }
}

export class FakeResultFiles implements Public<ResultFiles> {
  readonly objects = new Map<string, Uint8Array>();

  async put(key: string, bytes: Uint8Array) {
    this.objects.set(key, bytes);
  }
  async join(key: string, parts: readonly string[], last: Uint8Array) {
    const before = parts.map((part) => {
      const bytes = this.objects.get(part);
      if (bytes === undefined) throw new Error(`no ${part}`);
      return bytes;
    });
    this.objects.set(key, Buffer.concat([...before, last]));
  }
  /** The lines of a file, without its header. */
  lines(key = "r1/results.csv.gz"): string[] {
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw new Error(`no ${key}`);
    return gunzipSync(bytes).toString("utf8").trimEnd().split("\n").slice(1);
  }
}

export class FakeQueue implements Public<TaskQueue> {
  messages: TaskMessage[] = [];
  readonly usedLanes = new Set<Lane>();
  /** Messages that an agent holds. */
  inFlight = 0;

  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>, lane: Lane = "main") {
    this.usedLanes.add(lane);
    this.messages.push(...(await collect(messages)));
  }
  get lanes(): never {
    throw new Error("nobody here receives");
  }
  async depth() {
    return { available: this.messages.length, delayed: 0, inFlight: this.inFlight };
  }
  async drain() {}
}

/** Drops from the head of a queue, as far as the messages there belong to requests that have ended. */
export class FakeStaleMessages implements Public<StaleMessages> {
  constructor(private readonly queue: FakeQueue) {}

  async drop(hasEnded: (reqId: string) => Promise<boolean>) {
    const { messages } = this.queue;
    const before = messages.length;
    while (messages[0] !== undefined && (await hasEnded(messages[0].req_id))) messages.shift();
    return { dropped: before - messages.length, othersFound: messages.length > 0 };
  }
}

export class FakeResults implements Public<RequestTaskTable> {
  constructor(readonly items: TaskResult[] = []) {}

  async *of(reqId: string, from: number, to: number) {
    const keys = new Set(Array.from({ length: to - from }, (_, i) => shardKey(reqId, from + i)));
    yield* this.items.filter(({ task_key }) => keys.has(task_key));
  }
  async *ofPop(reqId: string, pop: string, shards: number) {
    for await (const result of this.of(reqId, 0, shards)) if (result.pop === pop) yield result;
  }
  async putGood(results: readonly TaskResult[]): Promise<TaskResult[]> {
    for (const result of results) await this.putFailure(result);
    return [];
  }
  async putFailure(result: TaskResult) {
    this.items.splice(0, this.items.length, ...this.items.filter(({ pop_url }) => pop_url !== result.pop_url), result);
  }
  async standing(keys: readonly TaskKey[]) {
    const asked = new Set(keys.map(({ pop_url }) => pop_url));
    return new Map(this.items.filter(({ pop_url }) => asked.has(pop_url)).map((it) => [it.pop_url, it]));
  }
  async putIfAbsent(results: readonly TaskResult[]) {
    const known = new Set(this.items.map(({ pop_url }) => pop_url));
    this.items.push(...results.filter(({ pop_url }) => !known.has(pop_url)));
  }
}

export class FakeFleet implements Public<Fleet> {
  readonly groupName = "prewarm_asg_prod";
  constructor(public capacity = 0) {}

  async desiredCapacity() {
    return this.capacity;
  }
  async state() {
    return { wanted: this.capacity, instances: this.capacity, inService: this.capacity };
  }
  async setDesiredCapacity(capacity: number) {
    this.capacity = capacity;
  }
  async raiseTo(capacity: number) {
    this.capacity = Math.max(this.capacity, capacity);
  }
  async restore(from: number, to: number) {
    if (this.capacity === from) this.capacity = to;
  }
}

export class FakeTimer implements Public<Timer> {
  readonly schedules = new Map<string, { readonly at: Date; readonly target: TimerTarget }>();

  async set(reqId: string, at: Date, target: TimerTarget) {
    this.schedules.set(reqId, { at, target });
  }
  async cancel(reqId: string) {
    this.schedules.delete(reqId);
  }
}

/** Addresses and aliases by name; what is not there does not exist. */
export class FakeDns implements Public<Dns> {
  constructor(
    private readonly hosts: Readonly<Record<string, readonly string[]>>,
    private readonly aliases: Readonly<Record<string, string>> = {},
  ) {}

  async addresses(name: string) {
    const found = this.hosts[name];
    if (found === undefined) {
      throw Object.assign(new Error(`queryA ENOTFOUND ${name}`), { code: "ENOTFOUND", syscall: "queryA" });
    }
    return [...found];
  }
  async alias(name: string) {
    return this.aliases[name];
  }
}

export class FakeDistributions implements Public<Distributions> {
  /** Paths by reference: the same reference is the same invalidation. */
  readonly invalidations = new Map<string, { readonly distributionId: string; readonly paths: readonly string[] }>();

  constructor(
    private readonly list: readonly OwnDistribution[] = [],
    /** How often each invalidation is asked for before it is complete. */
    public asksUntilComplete = 1,
    /** How often it takes no invalidation, because others are in progress. */
    public busy = 0,
    /** What it says to every invalidation; absent: it takes them. */
    public refuses?: string,
  ) {}

  async own() {
    return [...this.list];
  }
  async invalidate(distributionId: string, reference: string, paths: readonly string[]) {
    if (this.busy-- > 0) return { busy: true } as const;
    if (this.refuses !== undefined) return { refused: this.refuses };
    const known = this.invalidations.get(reference);
    if (known !== undefined && known.paths.join() !== paths.join()) throw new Error(`${reference} means another batch`);
    this.invalidations.set(reference, { distributionId, paths });
    return { id: reference };
  }
  async isInvalidated(_distributionId: string, id: string) {
    if (!this.invalidations.has(id)) throw new Error(`no invalidation ${id}`);
    this.asksUntilComplete--;
    return this.asksUntilComplete <= 0;
  }
}

export const EVERY = allowedDistributionsSchema.parse("*");
