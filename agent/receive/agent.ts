import type { ReceivedMessage, TaskQueue } from "../../domain/plan/ports.ts";
import type { TaskQueueName } from "../../domain/request/task-queue-name.ts";
import { pause } from "../../domain/retry.ts";
import { adaptLimit, type Bounds, LARGE, maxSharedStep, SMALL } from "../admit/adaptive-limit.ts";
import { ConcurrencyLimiter, type ReservedCapacity } from "../admit/concurrency-limiter.ts";
import { FollowerGate } from "../admit/follower-gate.ts";
import { StoppingError } from "../admit/task-run.ts";
import { TimerQueue } from "../admit/timer-queue.ts";
import { RequestTracker } from "../fetch/request-tracker.ts";
import type { ResultWriter } from "../report/result-writer.ts";
import { type BySize, Throughput } from "../report/throughput.ts";
import { type FreeSlots, Prefetcher } from "./prefetcher.ts";
import { processMessage } from "./process-message.ts";
import { type MessageDeps, returnUnstarted } from "./return-to-queue.ts";

/** Receive calls at once: while the messages of one are started, the next is in progress. */
const RECEIVERS: Readonly<Record<TaskQueueName, number>> = { main: 3, express: 1 };
/** SQS allows 20. It is less because a stop waits for the call to end. */
const POLLING_WAIT_SECONDS = 5;
const RECEIVE_ERROR_PAUSE_MS = 1_000;
const UPDATE_INTERVAL_MS = 1_000;
const RETIREMENT_CHECK_INTERVAL_MS = 5_000;
/** How long the status of a request is used. The tasks of one that has ended are downloaded at most this much longer. */
const STATUS_CACHE_MS = 3_000;

/** What an agent is made of, and what it processes messages with. */
export interface AgentDeps
  extends Omit<
    MessageDeps,
    "queue" | "prefetcher" | "limiters" | "throughput" | "followers" | "timers" | "tracker" | "write"
  > {
  readonly queue: { readonly queues: Readonly<Record<TaskQueueName, TaskQueue>> };
  readonly results: ResultWriter;
  /** Takes an idle instance out of its group. @default another process of this instance does */
  readonly retirement?: { check(idleMs: number): Promise<boolean> };
  readonly isMemoryTight: () => boolean;
}

const quarter = (limit: number) => Math.max(4, Math.floor(limit / 4));
/** A POP that hangs, or a huge request, holds up neither the other POPs nor the other requests. */
const RESERVED: ReservedCapacity = { requests: quarter, pops: quarter };
/** Each large file may be at a POP of its own, so POPs have none here. */
const RESERVED_FOR_LARGE: ReservedCapacity = { requests: () => 1, pops: () => 0 };

/**
 * The free slots that messages of a queue may fill. The express queue counts no free slots for small files, so it receives one batch at a
 * time; it always counts at least one slot for a large file. So a small request does not wait for large ones.
 */
export function freeSlotsOf(queue: TaskQueueName, { small, large }: BySize<ConcurrencyLimiter>): FreeSlots {
  // With reserved slots in use, and after the limit is halved, more are in use than the limit allows: the batch is received all the same.
  if (queue === "main") return { small: Math.max(0, small.limit - small.inUse), large: large.free };
  return { small: 0, large: Math.max(1, large.free) };
}

/** Caches the status of requests for a few seconds. A failed look-up is not kept, and counts as active, so that no task is dropped. */
export function cachedStatus(isActive: (reqId: string) => Promise<boolean>): (reqId: string) => Promise<boolean> {
  const known = new Map<string, { readonly at: number; readonly active: Promise<boolean> }>();
  return (reqId) => {
    const cached = known.get(reqId);
    if (cached !== undefined && performance.now() - cached.at < STATUS_CACHE_MS) return cached.active;
    const active = isActive(reqId).catch(() => {
      known.delete(reqId);
      return true;
    });
    known.set(reqId, { at: performance.now(), active });
    return active;
  };
}

/** One of the queues, and the messages of it that are in progress. */
interface QueueWork {
  readonly name: TaskQueueName;
  readonly deps: MessageDeps;
  readonly inProgress: Set<Promise<void>>;
}

/** Receives and processes task messages until it is stopped. */
export class Agent {
  private readonly limiters: BySize<ConcurrencyLimiter>;
  private readonly main: QueueWork;
  private readonly queues: readonly QueueWork[];
  /** Of the downloads: its figures decide how much is downloaded at once. */
  private readonly throughput: BySize<Throughput> = { small: new Throughput(), large: new Throughput() };
  private readonly followers = new FollowerGate();
  private readonly timers = new TimerQueue();
  private readonly tracker = new RequestTracker();
  private readonly stopping = new AbortController();
  /** When the last message ended, by `performance.now()`. Before the first one: when the agent began. */
  private lastWorkAt = performance.now();

  constructor(private readonly deps: AgentDeps) {
    const onFree = () => this.updatePrefetchers();
    this.limiters = {
      small: new ConcurrencyLimiter(SMALL.start, RESERVED, onFree),
      large: new ConcurrencyLimiter(LARGE.start, RESERVED_FOR_LARGE, onFree),
    };
    const isActive = cachedStatus(deps.isActive);
    const work = (name: TaskQueueName): QueueWork => ({
      name,
      deps: {
        ...deps,
        isActive,
        limiters: this.limiters,
        throughput: this.throughput,
        followers: this.followers,
        timers: this.timers,
        tracker: this.tracker,
        write: (result) => deps.results.write(result),
        queue: deps.queue.queues[name],
        prefetcher: new Prefetcher(() => freeSlotsOf(name, this.limiters)),
      },
      inProgress: new Set(),
    });
    this.main = work("main");
    this.queues = [this.main, work("express")];
  }

  /** Serves the queues until {@link stop}. Then all that was received is finished or returned. */
  async serve(): Promise<void> {
    const { heartbeats, origins } = this.deps;
    heartbeats.run();
    await Promise.all([
      ...this.queues.flatMap((work) => Array.from({ length: RECEIVERS[work.name] }, () => this.receive(work))),
      this.adaptLimit("small", SMALL),
      this.adaptLimit("large", LARGE),
      // Two loops: a call to SQS that hangs must not keep the prefetchers waiting.
      this.everySecond(() => this.updatePrefetchers()),
      this.everySecond(() => returnUnstarted(this.main.deps)),
      this.retireWhenIdle(),
    ]);
    await Promise.all(this.inProgress());
    // The permits are attributes of the heartbeats.
    await origins.drain();
    await heartbeats.stop();
  }

  /** Receives no more messages, and returns tasks that have not started. */
  stop(): void {
    const { limiters, queues, followers, deps } = this;
    this.stopping.abort();
    // First: no slot that becomes free may be filled.
    for (const work of queues) work.deps.prefetcher.close();
    // Tasks that wait for a slot get one, and find that nothing may start any more.
    for (const limiter of [limiters.small, limiters.large]) limiter.limit = Number.POSITIVE_INFINITY;
    deps.origins.close(new StoppingError());
    followers.close(new StoppingError());
  }

  private inProgress(): Promise<void>[] {
    return this.queues.flatMap((work) => [...work.inProgress]);
  }

  private updatePrefetchers(): void {
    for (const work of this.queues) work.deps.prefetcher.update();
  }

  private adaptLimit(size: keyof BySize<unknown>, bounds: Bounds): Promise<void> {
    const { isMemoryTight } = this.deps;
    const { deps, inProgress } = this.main;
    const maxStep = async (limit: number) => {
      const depth = await deps.queue.depth().catch(() => undefined);
      return depth === undefined ? 1 : maxSharedStep(limit, depth, Math.max(1, inProgress.size));
    };
    const options = { limiter: this.limiters[size], throughput: this.throughput[size], bounds, isMemoryTight, maxStep };
    return adaptLimit(options, this.stopping.signal);
  }

  /** Runs an action every second until the agent stops. */
  private async everySecond(action: () => Promise<void> | void): Promise<void> {
    while (await pause(UPDATE_INTERVAL_MS, this.stopping.signal)) await action();
  }

  private async retireWhenIdle(): Promise<void> {
    const { retirement } = this.deps;
    if (retirement === undefined) return;
    while (await pause(RETIREMENT_CHECK_INTERVAL_MS, this.stopping.signal)) {
      const isBusy = this.inProgress().length > 0;
      if (await retirement.check(isBusy ? 0 : performance.now() - this.lastWorkAt)) this.stop();
    }
  }

  private async receive(work: QueueWork): Promise<void> {
    const { signal } = this.stopping;
    const { prefetcher, queue } = work.deps;
    while (!signal.aborted) {
      const requested = await prefetcher.next();
      if (requested === 0) continue;
      let count: number | undefined;
      try {
        const messages = await queue.receive(POLLING_WAIT_SECONDS, requested);
        count = messages.length;
        for (const message of messages) this.process(work, message);
      } catch (error) {
        this.deps.logger.warn({ err: error }, "Receiving messages failed");
        await pause(RECEIVE_ERROR_PAUSE_MS, signal);
      } finally {
        prefetcher.received(requested, count);
      }
    }
  }

  private process({ deps, inProgress }: QueueWork, message: ReceivedMessage): void {
    const job = processMessage(deps, message, this.stopping.signal)
      .catch((error: unknown) =>
        deps.logger.warn({ err: error, message_id: message.id }, "Message abandoned; SQS will redeliver it"),
      )
      .finally(() => {
        inProgress.delete(job);
        this.lastWorkAt = performance.now();
      });
    inProgress.add(job);
  }
}
