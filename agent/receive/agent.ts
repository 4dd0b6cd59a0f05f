import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskLane, TaskQueue } from "../../aws/task-queue.ts";
import type { OriginLimiters } from "../../domain/origin/origin-limiter-registry.ts";
import type { Lane } from "../../domain/request/lane.ts";
import { type Adapted, adaptLimit, pause } from "../admit/adaptive-limit.ts";
import { LARGE, SMALL, type Window } from "../admit/concurrency.ts";
import { type Reserve, Slots } from "../admit/concurrency-limiter.ts";
import type { FollowerGate } from "../admit/follower-gate.ts";
import type { Downloader } from "../fetch/downloader.ts";
import { StoppingError } from "../fetch/task-errors.ts";
import type { Caretaker } from "../instance/caretaker.ts";
import type { Beats } from "../report/heartbeats.ts";
import type { ResultWriter } from "../report/result-writer.ts";
import type { Meter } from "../report/throughput.ts";
import type { ActiveRequests } from "./active-requests.ts";
import { Intake } from "./prefetcher.ts";
import { type WorkDeps, work } from "./process-message.ts";
import { handBackForOthers } from "./return-unstarted.ts";

/** Receive calls to the main lane at once: while the messages of one are started, the next is under way. */
const POLLERS = 3;
/** SQS allows 20. It is less because a stop waits for the call to end. */
const LONG_POLL_SECONDS = 5;
const POLL_ERROR_PAUSE_MS = 1_000;

type AgentLane = Pick<TaskLane, "receive" | "delete" | "hold" | "send" | "sendLater" | "depth">;

export interface AgentOptions {
  readonly queue: Pick<TaskQueue, "drain"> & { readonly lanes: Readonly<Record<Lane, AgentLane>> };
  readonly deadLetters: Pick<DeadLetterQueue, "bury">;
  readonly results: Pick<ResultWriter, "write" | "drain">;
  /** Which results stand already. */
  readonly stored: Pick<RequestTaskTable, "standing" | "putIfAbsent">;
  readonly beats: Beats;
  readonly requests: Pick<ActiveRequests, "isActive">;
  readonly downloader: Pick<Downloader, "download">;
  /** The limits of origins. @default there are none */
  readonly origins?: OriginLimiters;
  /** Which followers need permits. @default none does */
  readonly followers?: FollowerGate;
  /** The downloader's meter. Its figures decide how much is downloaded at once. */
  readonly meter: Meter;
  /** Looks after requests, and leaves the group. @default another process of this instance does */
  readonly caretaker?: Caretaker;
  readonly visibilitySeconds: number;
  /** Memory that this process may use. */
  readonly memoryBytes: number;
  readonly logger: Logger;
}

const quarter = (bound: number) => Math.max(4, Math.floor(bound / 4));
/** A POP that hangs, or a huge request, holds up neither the other POPs nor the other requests. */
const RESERVE: Reserve = { requests: quarter, pops: quarter };
/** Each large file may be at a POP of its own, so POPs have none here. */
const RESERVE_FOR_LARGE: Reserve = { requests: () => 1, pops: () => 0 };

/** Takes tasks from the queue until it is stopped. */
export class Agent {
  private readonly slots = {
    small: new Slots(SMALL.start, RESERVE),
    large: new Slots(LARGE.start, RESERVE_FOR_LARGE, () => this.look()),
  };
  private pace = { tasksPerSecond: 0, bytesPerSecond: 0 };
  private readonly intakes: Readonly<Record<Lane, Intake>> = {
    // Written out: this is asked for with every task.
    main: new Intake(() => ({
      tasksPerSecond: this.pace.tasksPerSecond,
      bytesPerSecond: this.pace.bytesPerSecond,
      limit: this.slots.small.limit,
      freeLarge: this.freeLarge(),
    })),
    // It takes a few beside all else: what is small does not wait for what is large.
    express: new Intake(() => ({
      tasksPerSecond: 0,
      bytesPerSecond: 0,
      limit: this.slots.small.limit,
      freeLarge: Math.max(1, this.freeLarge()),
    })),
  };
  /** Messages that are worked on. */
  private readonly held = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly workDeps: Readonly<Record<Lane, WorkDeps>>;

  constructor(private readonly options: AgentOptions) {
    const deps = (lane: Lane): WorkDeps => ({
      ...options,
      slots: this.slots,
      queue: options.queue.lanes[lane],
      intake: this.intakes[lane],
    });
    this.workDeps = { main: deps("main"), express: deps("express") };
  }

  /**
   * Serves the queue until {@link stop}. Then all that was taken is finished or given back, and all results are
   * written.
   */
  async serve(): Promise<void> {
    const { queue, results, beats, origins, caretaker, logger } = this.options;
    const { signal } = this.stopping;
    beats.start();
    await Promise.all([
      ...Array.from({ length: POLLERS }, () => this.poll("main")),
      this.poll("express"),
      ...this.adaptLimits(),
      handBackForOthers(
        { intake: this.intakes.main, lane: queue.lanes.main, slots: Object.values(this.slots), logger },
        signal,
      ),
      caretaker === undefined ? undefined : this.lookAfterRequests(caretaker),
    ]);
    await Promise.all(this.held);
    // The permits stand in heartbeats.
    await Promise.all([results.drain(), origins?.drain()]);
    await beats.end();
    await queue.drain();
  }

  /** Takes no more tasks, and gives back those that have not begun. */
  stop(): void {
    this.stopping.abort();
    // Tasks that wait for a slot are let in, and find that nothing may begin any more.
    for (const slots of Object.values(this.slots)) slots.limit = Number.POSITIVE_INFINITY;
    for (const intake of Object.values(this.intakes)) intake.close();
    this.options.origins?.close(new StoppingError());
    this.options.followers?.close(new StoppingError());
  }

  private adaptLimits(): Promise<void>[] {
    const { meter, memoryBytes } = this.options;
    const { small, large } = this.slots;
    const keepPace = ({ tasksPerSecond, bytesPerSecond }: Window) => {
      this.pace = { tasksPerSecond, bytesPerSecond };
      this.look();
    };
    const both: Adapted[] = [
      { slots: small, tally: meter.small, bounds: SMALL, memoryBytes, onWindow: keepPace },
      { slots: large, tally: meter.large, bounds: LARGE, memoryBytes, onWindow: () => undefined },
    ];
    return both.map((adapted) => adaptLimit(adapted, this.stopping.signal));
  }

  /** Asks whether there is room now: a slot for a large file is free, or the rate is known anew. */
  private look(): void {
    this.intakes.main.look();
    this.intakes.express.look();
  }

  /** Large files that could begin now. */
  private freeLarge(): number {
    const { large } = this.slots;
    return Math.max(0, large.limit - large.inUse - large.waiting);
  }

  private async poll(lane: Lane): Promise<void> {
    const { signal } = this.stopping;
    const intake = this.intakes[lane];
    while (!signal.aborted) {
      // While enough is waiting here, it takes no more: another instance can.
      const asked = await intake.room();
      if (asked > 0) await this.take(lane, asked);
    }
  }

  private async take(lane: Lane, asked: number): Promise<void> {
    let came: number | undefined;
    try {
      const messages = await this.options.queue.lanes[lane].receive(LONG_POLL_SECONDS, asked);
      came = messages.length;
      for (const message of messages) this.accept(lane, message);
    } catch (error) {
      this.options.logger.warn({ err: error }, "receiving failed");
      await pause(POLL_ERROR_PAUSE_MS, this.stopping.signal);
    } finally {
      this.intakes[lane].came(asked, came);
    }
  }

  private accept(lane: Lane, message: Message): void {
    const job = work(this.workDeps[lane], message, this.stopping.signal)
      .catch((error: unknown) =>
        this.options.logger.warn({ err: error, message_id: message.MessageId }, "a message was left to its timeout"),
      )
      .finally(() => this.held.delete(job));
    this.held.add(job);
  }

  private async lookAfterRequests(caretaker: Caretaker): Promise<void> {
    while (await pause(caretaker.everyMs, this.stopping.signal)) {
      if (await caretaker.look(this.held.size > 0)) this.stop();
    }
  }
}
