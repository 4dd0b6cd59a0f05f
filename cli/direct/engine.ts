import { createFetchObject } from "../../agent/fetch/fetch-object.ts";
import { PooledHttpClient } from "../../agent/fetch/http/pooled-client.ts";
import { Agent } from "../../agent/receive/agent.ts";
import { Heartbeats } from "../../agent/report/heartbeats.ts";
import { ResultWriter } from "../../agent/report/result-writer.ts";
import { shortId } from "../../client/request-ids.ts";
import { toArray } from "../../domain/collections.ts";
import type { Log } from "../../domain/log-fields.ts";
import type { Ports } from "../../domain/net/addresses.ts";
import { AliasUnclearError, errorCode, type Resolver } from "../../domain/net/resolver.ts";
import { hostsOf } from "../../domain/net/urls.ts";
import { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import { extensionOf } from "../../domain/plan/extension.ts";
import { foreignProblem } from "../../domain/plan/invalidate.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { Plan, totalsOf } from "../../domain/plan/plan.ts";
import { resolveTargets } from "../../domain/plan/resolve-targets.ts";
import { RetryLostError, urlsToMeasure } from "../../domain/plan/retry-plan.ts";
import type { Target } from "../../domain/plan/target.ts";
import { UNFINISHED } from "../../domain/plan/task.ts";
import { messagesOf, urlsPerMessage } from "../../domain/plan/task-message.ts";
import { finalizeRecount, recount, tooManyFailed, withLost } from "../../domain/readiness/recount.ts";
import { type Caps, planProblem } from "../../domain/request/caps.ts";
import { NoDistributionError, unlistedProblem } from "../../domain/request/find-distributions.ts";
import { invalidatingFields } from "../../domain/request/invalidation.ts";
import {
  type AdvancingEvent,
  attributesOf,
  type EndingEvent,
  EVENTS,
  exceedsMaxFailures,
  isComplete,
  MAX_REQUEUES,
  timingsOf,
} from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { lostFailure } from "../../domain/result/failure.ts";
import { untilAborted } from "../../domain/retry.ts";
import { formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import type { Dns } from "../../probe/dns.ts";
import { measureUrls, SIZE_TIME_SHARE, writeMeasured } from "../../probe/size/measure-urls.ts";
import { CommandError, type Next } from "../command-error.ts";
import { type CloudFront, findRunDistributions } from "./account.ts";
import { invalidateRun } from "./invalidate-run.ts";
import { isMemoryTight } from "./memory.ts";
import { checkNetwork, dnsObstacle } from "./network.ts";
import { readSources } from "./read-sources.ts";
import { LiveCounts } from "./store/live-counts.ts";
import { ResultKeeper } from "./store/result-keeper.ts";
import type { RunStore } from "./store/run-store.ts";
import { WorkQueue } from "./work-queue.ts";

/** A message that an agent has is extended three times within it, and each time it is checked whether the run goes on. */
const VISIBILITY_SECONDS = 6;
/** A heartbeat a second: what is shown is never older. */
const STALL_SECONDS = 90;
export const HEARTBEAT_TIMEOUT_MS = timingsOf(STALL_SECONDS).heartbeatTimeoutMs;
/** Above this, less is downloaded at once: 500 MB is what a run may use, and memory is looked at once a second. */
const TIGHT_MEMORY_BYTES = 350_000_000;
/** Besides those that download, of which there are 1,088 at most. Each takes some 140 KB, and an open file. */
const MAX_KEPT_CONNECTIONS = 512;
/** POPs that are tried before anything else: one may be out of order. */
const TRIED_POPS = 3;
/** Where the process stands in what agents report. */
const INSTANCE = "direct";

/** What a run needs of the machine and of the account. */
export interface EngineDeps {
  readonly store: RunStore;
  readonly dns: Resolver & Partial<Pick<Dns, "cancel">>;
  readonly ports: Ports;
  readonly caps: Caps;
  readonly allowPrivateAddresses: boolean;
  readonly errorCachingMs: number;
  /** The account whose credentials the environment has. It is asked only where that is needed. */
  readonly account: CloudFront;
  /** Whether it names a proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Why a run ends before all is done. */
type EarlyEnd = Exclude<EndingEvent, "FINISH" | "GIVE_UP">;

/** A reason for which a run ends as FAILED: it tells its user what to do. */
class RunFailedError extends Error {
  override readonly name = "RunFailedError";
}

/** What was waited for is not needed any more: the run ends. */
class RunStoppedError extends Error {
  override readonly name = "RunStoppedError";
}

export type Approve = (item: RequestItem, signal: AbortSignal) => Promise<boolean>;

/** One request, from its sources to its report, in this process. */
export class DirectRun {
  private counts: LiveCounts | undefined;
  /** Ends the downloads. */
  private endDownloads: () => void = () => undefined;
  private earlyEnd: EarlyEnd | undefined;
  /** Ends what sources, sizes and the DNS are waited for. */
  private readonly stopping = new AbortController();
  /** Whether it was approved: from then on it can be resumed. A new run that has not begun leaves nothing. */
  private hasBegun: boolean;
  /** The queue may be found idle again before it has the missing tasks. */
  private isRequeuing = false;
  /** URLs of which the size was read, and of how many. Undefined: sources are read, or all sizes are. */
  sizes: { readonly read: number; readonly of: number } | undefined;
  /** What keeps this process from going on, such as a full disk: the run stays as it is, and can be resumed. */
  fault: unknown;

  /**
   * @param item of a run that is in the store
   * @param approve asked once the tasks are known, before the first download. False: nothing is downloaded. Its signal is aborted when the
   * run is stopped: nobody waits for the answer any more
   */
  constructor(
    private readonly deps: EngineDeps,
    public item: RequestItem,
    private readonly approve: Approve = async () => true,
  ) {
    this.hasBegun = item.status === "IN_PROGRESS";
  }

  /** Does what is left of the run. @throws what keeps it from being written: it can be resumed */
  async run(): Promise<void> {
    const timeout = setTimeout(() => this.stop("TIME_OUT"), parseTimestamp(this.item.timeout_at) - Date.now());
    try {
      await this.doSteps();
    } catch (error) {
      if (!isFinal(error)) {
        this.fault = explainedFault(this.fault ?? error, this.hasBegun ? this.item.req_id : undefined);
        throw this.fault;
      }
      await this.finish("FAIL", error.message);
    } finally {
      clearTimeout(timeout);
    }
  }

  /** Ends the run soon: downloads under way are aborted. */
  stop(event: EarlyEnd): void {
    this.earlyEnd ??= event;
    this.stopping.abort(new RunStoppedError());
    // Nobody waits for them any more, and this process would.
    this.deps.dns.cancel?.();
    this.endDownloads();
  }

  /** Undefined before its tasks are planned. */
  get live(): LiveCounts | undefined {
    return this.counts;
  }

  private async doSteps(): Promise<void> {
    await this.plan().catch((error: unknown) => {
      if (!(error instanceof RunStoppedError)) throw error;
    });
    if (this.item.status === "IN_PROGRESS") await this.download();
    // After a step that was stopped, only the report is left to do.
    else if (this.item.active !== undefined && this.earlyEnd !== undefined) await this.finish(this.earlyEnd);
  }

  /** All before the downloads. @throws RunStoppedError */
  private async plan(): Promise<void> {
    if (this.isBeforeSizes()) await this.readSources();
    if (this.isBeforeSizes()) await this.readSizes();
    if (this.item.status === "CHECK_POP") await this.resolvePops();
    if (this.item.status !== "INSERT_TASK") return;
    const isApproved = await this.approve(this.item, this.stopping.signal);
    this.stopping.signal.throwIfAborted();
    this.hasBegun = isApproved;
    if (!isApproved) this.earlyEnd ??= "STOP";
    else if (!this.isInvalidating() || (await this.invalidate())) await this.advance("TASKS_QUEUED");
  }

  /** @returns whether what the run asks for is invalidated: else the run has ended, because its time was over @throws RunFailedError, RunStoppedError */
  private async invalidate(): Promise<boolean> {
    const { store, account } = this.deps;
    const { signal } = this.stopping;
    const end = await invalidateRun(
      { account, lists: store, save: (fields) => this.save(fields), signal },
      () => this.item,
    );
    if (end?.event === "FAIL") throw new RunFailedError(end.reason);
    if (end !== undefined) await this.finish(end.event, end.reason);
    return end === undefined;
  }

  /** Waits for what cannot be ended. @throws RunStoppedError as soon as the run is to end */
  private untilStopped<T>(answer: Promise<T>): Promise<T> {
    return untilAborted(this.stopping.signal, answer);
  }

  private isInvalidating(): boolean {
    return invalidatingFields(this.item) !== "";
  }

  private isBeforeSizes(): boolean {
    return this.item.status === "CREATED" || this.item.status === "EXPANDING";
  }

  private async readSources(): Promise<void> {
    const { item } = this;
    if ((item.sources ?? []).length === 0) return;
    await this.advance("EXPAND");
    const { signal } = this.stopping;
    const read = await readSources({ ...this.deps, save: (fields) => this.save(fields), signal }, item);
    if ("problem" in read) throw new RunFailedError(read.problem);
    await this.advance("SOURCES_READ", read.fields);
  }

  private async readSizes(): Promise<void> {
    const { deps, item } = this;
    const { store, dns, ports, errorCachingMs } = deps;
    const { fields, ...work } = await urlsToMeasure({ requests: store, requestPops: store, lists: store }, item);
    const hosts = hostsOf([...work.sized, ...work.toProbe].map(({ url }) => url));
    const naming = { cfDomain: item.cf_domain, hosts, needsIds: this.isInvalidating() };
    const found = await this.untilStopped(findRunDistributions(naming, deps));
    const unlisted = unlistedProblem(item, found);
    if (unlisted !== undefined) throw new RunFailedError(unlisted);
    const { refused } = found;
    // Whose distribution it is, nobody can say without credentials: each URL is asked under its own host, as viewers ask.
    const distributions = found.distributions.map((it) => (it.id === undefined ? { ...it, domain: undefined } : it));
    await this.untilStopped(this.checkNetwork(distributions));
    const timeMs = (parseTimestamp(item.timeout_at) - Date.now()) * SIZE_TIME_SHARE;
    const request = { ...item, ...fields };
    const { signal } = this.stopping;
    const onAnswer = (read: number) => {
      this.sizes = { read, of: work.toProbe.length };
    };
    onAnswer(0);
    const measured = await measureUrls(
      { dns, ports, request, distributions, refused, timeMs, errorCachingMs, signal, onAnswer },
      work,
    );
    this.sizes = undefined;
    const written = await writeMeasured(store, item, measured);
    if ("problem" in written) throw new RunFailedError(written.problem);
    await this.advance("SIZES_READ", { distributions, ...fields, ...written.fields });
  }

  /** Sizes are asked at the distribution, too: what is in the way is said before, and once. @throws CommandError */
  private async checkNetwork([distribution]: RequestItem["distributions"]): Promise<void> {
    if (distribution === undefined) return;
    const { dns, ports, env } = this.deps;
    const some = { ...this.item, pops: this.item.pops.slice(0, TRIED_POPS), distributions: [distribution] };
    const targets = await resolveTargets(dns, some);
    await checkNetwork(targets, serverName(distribution), ports, env);
  }

  private async resolvePops(): Promise<void> {
    const { store, dns, caps } = this.deps;
    const { item } = this;
    const foreign = foreignProblem(item);
    if (foreign !== undefined) throw new RunFailedError(foreign);
    const targets = await resolveTargets(dns, item, this.stopping.signal);
    const { planned, transferred, ...totals } = await totalsOf(
      new Plan(item, targets),
      store.read(LISTS.goodUrls, item.req_id),
    );
    await store.putTargets(item.req_id, planned);
    const resolved = targets.filter(({ state }) => state === "RESOLVED").length;
    if (resolved === 0) throw dnsObstacle(targets[0]?.error ?? "");
    const problem = planProblem(item, { ...totals, transferred }, caps);
    if (problem !== undefined) throw new RunFailedError(problem);
    // One journal holds all results.
    const shards = 1;
    await this.advance("POPS_RESOLVED", { ...totals, shards, targets_total: resolved, targets_sent: resolved });
  }

  /** Downloads what has no result, and ends the run. */
  private async download(): Promise<void> {
    const { deps } = this;
    const { store } = deps;
    const urls = await toArray(store.read(LISTS.goodUrls, this.item.req_id));
    const targets = await store.targets(this.item.req_id);
    const counts = new LiveCounts(new Plan(this.item, targets), urls);
    const journal = store.journal(this.item.req_id);
    for await (const result of journal.newestFirst()) counts.add(result);
    this.counts = counts;
    await journal.open();
    try {
      await this.downloadAll(
        counts,
        new ResultKeeper(journal, counts, {
          onKept: () => this.onKept(counts),
          onFault: (error) => this.failWith(error),
        }),
        targets,
      );
    } finally {
      await journal.close();
    }
    if (this.fault !== undefined) throw this.fault;
    await this.finish(this.earlyEnd);
  }

  private async downloadAll(counts: LiveCounts, keeper: ResultKeeper, targets: readonly Target[]): Promise<void> {
    const { store, log, ports, allowPrivateAddresses, errorCachingMs } = this.deps;
    const queue = new WorkQueue(VISIBILITY_SECONDS, () => void this.onIdle(counts, queue, targets));
    const express = new WorkQueue(VISIBILITY_SECONDS);
    const http = new PooledHttpClient({ allowPrivateAddresses, maxKeptConnections: MAX_KEPT_CONNECTIONS });
    const origins = new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: steadyNow });
    const agent = new Agent({
      queue: { queues: { main: queue, express } },
      deadLetters: { send: async (_, reason) => this.failWith(new Error(`a task cannot be carried out: ${reason}`)) },
      results: new ResultWriter(keeper, log),
      store: keeper,
      heartbeats: new Heartbeats({
        store: {
          writeHeartbeat: async (reqId, heartbeat) => {
            counts.setHeartbeat(heartbeat);
            await store.putHeartbeat(reqId, heartbeat);
          },
        },
        instance: INSTANCE,
        worker: String(process.pid),
        heartbeatIntervalMs: timingsOf(STALL_SECONDS).heartbeatIntervalMs,
        now: Date.now,
        logger: log,
      }),
      isActive: async () => this.earlyEnd === undefined && this.fault === undefined,
      fetch: createFetchObject(http, ports),
      instanceId: INSTANCE,
      errorCachingMs,
      origins,
      visibilitySeconds: VISIBILITY_SECONDS,
      isMemoryTight: () => isMemoryTight(TIGHT_MEMORY_BYTES),
      logger: log,
    });
    this.endDownloads = () => {
      agent.stop();
      queue.close();
      express.close();
    };
    this.queueMissing(counts, queue, targets);
    if (this.earlyEnd !== undefined) this.endDownloads();
    try {
      await agent.serve();
    } finally {
      this.endDownloads = () => undefined;
      await http.destroy();
    }
  }

  /** @returns whether POPs lead for themselves from now on: more tasks are to be queued */
  private async extend(counts: LiveCounts): Promise<boolean> {
    const { store, caps } = this.deps;
    const { urls, tasks, recEvidence } = counts;
    const plan = new Plan(this.item, counts.plan.allTargets);
    const extension = await extensionOf({ plan, urls, taskBitmap: tasks, recEvidence }, caps);
    if (extension === undefined) return false;
    if ("problem" in extension) {
      await this.save({ not_extended: extension.problem });
      return false;
    }
    await store.putTargets(this.item.req_id, extension.plan.allTargets);
    await this.save(extension.fields);
    counts.extend(extension.plan);
    return true;
  }

  private onKept({ tasks }: LiveCounts): void {
    if (exceedsMaxFailures(this.item, tasks.count().failed_count)) this.stop("FAIL");
  }

  /** Nothing is queued or under way: all tasks have a result, or some are lost. */
  private async onIdle(counts: LiveCounts, queue: WorkQueue, targets: readonly Target[]): Promise<void> {
    if (this.isRequeuing) return;
    this.isRequeuing = true;
    try {
      const isDone = isComplete(this.item, counts.tasks.count());
      if (isDone ? !(await this.extend(counts)) : this.item.requeues >= MAX_REQUEUES) return this.endDownloads();
      if (!isDone) await this.save({ requeues: this.item.requeues + 1 });
      this.queueMissing(counts, queue, targets);
    } catch (error) {
      this.failWith(error);
    } finally {
      this.isRequeuing = false;
    }
  }

  private queueMissing({ tasks }: LiveCounts, queue: WorkQueue, targets: readonly Target[]): void {
    const { item } = this;
    // In the last requeue, no task waits for a lead.
    const missing = item.requeues < MAX_REQUEUES ? tasks.missingLeads() : tasks.missing();
    const maxUrls = urlsPerMessage(item.total_count, item.instance_count);
    queue.refill(messagesOf(item, missing, { maxUrls, targets: targets.length }));
  }

  /** Writes the report. @param reason why it ends so @default if it fails, that too many tasks have failed */
  private async finish(earlyEnd: EarlyEnd | undefined, reason?: string): Promise<void> {
    const { store } = this.deps;
    const { item } = this;
    const lost = lostFailure(item.requeues + 1);
    const deps = {
      lists: store,
      requestPops: store,
      results: { of: () => store.journal(item.req_id).newestFirst() },
      now: Date.now,
    };
    const run = {
      timeIsUp: earlyEnd === "TIME_OUT",
      remainingMs: () => Number.POSITIVE_INFINITY,
      whyMissing: () => (earlyEnd === undefined ? lost : UNFINISHED),
    };
    const recounted = await recount(deps, item, run);
    if (recounted === undefined) throw new Error("a recount without a limit of time has stopped");
    const counted = recounted.taskBitmap.count();
    const count = earlyEnd === undefined ? withLost(recounted, lost) : counted;
    const event = exceedsMaxFailures(item, count.failed_count) ? "FAIL" : (earlyEnd ?? "FINISH");
    const ending = await finalizeRecount(deps, item, EVENTS[event].to, recounted, count);
    // As on a stack: there may be secrets in them, and nobody needs them any more.
    await store.redact(item.req_id);
    const withoutSecrets = { header: [], variants: [], sources: [] };
    const why = reason ?? (event === "FAIL" ? tooManyFailed(item, count, recounted) : undefined);
    const ended = { ...ending, ...withoutSecrets, active: undefined, closed: true, reason: why };
    await this.save({ ...ended, status: EVENTS[event].to });
  }

  /** A fault of this machine: the results so far stay, and the run can be resumed. */
  private failWith(error: unknown): void {
    this.fault ??= error;
    this.endDownloads();
  }

  private async advance(event: AdvancingEvent, fields: Partial<RequestItem> = {}): Promise<void> {
    await this.save({ ...fields, ...attributesOf(EVENTS[event].to) });
  }

  private async save(fields: Partial<RequestItem>): Promise<void> {
    this.item = { ...this.item, ...fields, last_update_time: formatTimestamp(Date.now()) };
    await this.deps.store.save(this.item);
  }
}

const { timeOrigin } = performance;

/** Milliseconds since the epoch, by a clock that nobody sets: limits wait for moments of it. */
function steadyNow(): number {
  return timeOrigin + performance.now();
}

/** Whether an error ends the run as FAILED: its message tells the user what to do. Any other one is a fault of this machine. */
function isFinal(error: unknown): error is Error {
  return [AliasUnclearError, NoDistributionError, RetryLostError, RunFailedError].some((kind) => error instanceof kind);
}

/** Errors of a file that cannot be written. */
const NOT_WRITABLE = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "EIO", "EMFILE"]);

/** What is told of a fault of this machine: of one of its disk, what to do. @param id of a run that can be resumed */
function explainedFault(cause: unknown, id: string | undefined): unknown {
  if (!(cause instanceof Error && NOT_WRITABLE.has(errorCode(cause)))) return cause;
  const correct = "Correct the cause (disk space, permissions, open files), then";
  const next: Next =
    id === undefined
      ? `Nothing was downloaded. ${correct} run the command again.`
      : (command) => `Results so far are kept. ${correct} continue: ${command("resume", shortId(id))}`;
  return new CommandError(`the run cannot be written: ${cause.message}`, next, { cause });
}

/** A name that the distribution answers to, and has a certificate for. */
function serverName({ domain, label, hosts, names }: RequestItem["distributions"][number]): string {
  return domain ?? hosts?.[0] ?? names.find((name) => !name.startsWith("*")) ?? `${label}.cloudfront.net`;
}
