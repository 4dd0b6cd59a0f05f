import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { TaskMessage, TaskUrl } from "../../domain/plan/task-message.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { memoryIsTight } from "../instance/memory.ts";
import { decideWatch } from "../instance/watch.ts";
import type { ActiveRequests } from "../work/active-requests.ts";
import type { Cancellation } from "../work/cancellation.ts";
import type { Results } from "../work/results.ts";
import { work } from "../work/work.ts";
import { nextLimit, startLimit } from "./concurrency.ts";
import type { MessageQueue } from "./message-queue.ts";
import { Meter } from "./meter.ts";
import { Slots } from "./slots.ts";

/** Receive calls at once: while one's messages are taken up, the next is under way. */
const POLLERS = 3;
const WINDOW_MS = 1_000;
/** Share of a window in which the event loop had something to do, from which on the core is taken to be full. */
const CPU_BOUND = 0.97;
const WATCH_MS = 15_000;
const POLL_ERROR_PAUSE_MS = 1_000;

export interface AgentOptions {
  readonly queue: MessageQueue;
  readonly results: Results;
  readonly requests: ActiveRequests;
  readonly run: (message: TaskMessage, url: TaskUrl, meter: Meter, cancellation: Cancellation) => Promise<TaskResult>;
  readonly retire: () => Promise<void>;
  readonly visibilitySeconds: number;
  readonly idleMs: number;
  readonly stallMs: number;
  /** What this process may have. */
  readonly memoryBytes: number;
  /** Whether it looks after requests that stall, and leaves the group. @default true */
  readonly watches?: boolean;
  readonly logger: Logger;
}

/** Takes tasks from the queue until it is stopped. */
export class Agent {
  private readonly meter = new Meter();
  private readonly slots = new Slots(startLimit.value);
  private readonly held = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private lastWork = performance.now();

  constructor(private readonly options: AgentOptions) {}

  /** Runs until {@link stop}; then everything that was taken is finished or given back, and all results stand. */
  async run(): Promise<void> {
    await Promise.all([
      ...Array.from({ length: POLLERS }, () => this.poll()),
      this.adapt(),
      this.options.watches === false ? undefined : this.watch(),
    ]);
    await Promise.all(this.held);
    await this.options.results.drain();
    await this.options.queue.drain();
  }

  /** Takes no more tasks, and gives back those that have not begun. */
  stop(): void {
    this.stopping.abort();
    // Tasks that wait for a slot are let in, and find that nothing may begin any more.
    this.slots.limit = Number.POSITIVE_INFINITY;
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // While enough is waiting here already, another instance can take the rest.
      await this.slots.hungry();
      if (signal.aborted) return;
      try {
        const messages = await this.options.queue.receive();
        for (const message of messages) this.take(message);
      } catch (error) {
        this.options.logger.warn({ err: error }, "receiving failed");
        await pause(POLL_ERROR_PAUSE_MS, signal);
      }
    }
  }

  private take(message: Parameters<typeof work>[1]): void {
    const { queue, results, requests, visibilitySeconds, logger } = this.options;
    const run = async (task: TaskMessage, url: TaskUrl, cancellation: Cancellation) => {
      const result = await this.options.run(task, url, this.meter, cancellation);
      // What was cut off says nothing of the link.
      if (cancellation.cancelled) return result;
      const status = result.http_status ?? 0;
      this.meter.addTask(!result.ok && (status === 0 || status >= 500 || result.attempts > 1));
      this.lastWork = performance.now();
      return result;
    };
    const job = work(
      { queue, results, requests, slots: this.slots, run, visibilitySeconds, logger },
      message,
      this.stopping.signal,
    )
      .catch((error: unknown) =>
        logger.warn({ err: error, message_id: message.MessageId }, "a message was left to its timeout"),
      )
      .finally(() => this.held.delete(job));
    this.held.add(job);
  }

  private async adapt(): Promise<void> {
    let limit = startLimit;
    let before = performance.eventLoopUtilization();
    while (await pause(WINDOW_MS, this.stopping.signal)) {
      const now = performance.eventLoopUtilization();
      const cpuBound = performance.eventLoopUtilization(now, before).utilization > CPU_BOUND;
      before = now;
      const memoryTight = memoryIsTight(this.options.memoryBytes);
      limit = nextLimit(limit, { ...this.meter.window(this.slots.inUse >= this.slots.limit), cpuBound, memoryTight });
      this.slots.limit = limit.value;
    }
  }

  private async watch(): Promise<void> {
    const { stallMs, logger } = this.options;
    while (await pause(Math.min(WATCH_MS, stallMs), this.stopping.signal)) {
      if (this.held.size > 0) this.lastWork = performance.now();
      await this.look(performance.now() - this.lastWork).catch((error: unknown) =>
        logger.warn({ err: error }, "looking after requests failed"),
      );
    }
  }

  private async look(idle: number): Promise<void> {
    const { requests, queue, idleMs: retireMs, stallMs, logger } = this.options;
    const active = await requests.list();
    const messages = active.length > 0 && idle >= stallMs ? await queue.messages() : 0;
    const decision = decideWatch({ idleMs: idle, messages, active, now: new Date(), stallMs, retireMs });
    for (const reqId of decision.settle) {
      logger.info({ req_id: reqId }, "request has stalled or is overdue, a recount is asked for");
      await requests.askToSettle(reqId);
    }
    if (!decision.retire) return;
    logger.info({ idle_ms: Math.round(idle) }, "nothing to do, leaving the group");
    await this.options.retire();
    this.stop();
  }
}

/** @returns false when it was aborted */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
