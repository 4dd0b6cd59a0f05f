import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { Downloader } from "../download/downloader.ts";
import type { Caretaker } from "../instance/caretaker.ts";
import type { ActiveRequests } from "../work/active-requests.ts";
import type { Beats } from "../work/beats.ts";
import type { ResultWriter } from "../work/result-writer.ts";
import { type WorkDeps, work } from "../work/work.ts";
import { adaptLimit } from "./adapt-limit.ts";
import { startLimit } from "./concurrency.ts";
import type { Meter } from "./meter.ts";
import { pause } from "./pause.ts";
import { Slots } from "./slots.ts";

/** Receive calls at once: while the messages of one are started, the next is under way. */
const POLLERS = 3;
/** SQS allows 20. It is less because a stop waits for the call to end. */
const LONG_POLL_SECONDS = 5;
const POLL_ERROR_PAUSE_MS = 1_000;

export interface AgentOptions {
  readonly queue: TaskQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly results: ResultWriter;
  /** Which results stand already. */
  readonly stored: Pick<RequestTaskTable, "standing">;
  readonly beats: Beats;
  readonly requests: ActiveRequests;
  readonly downloader: Pick<Downloader, "download">;
  /** The downloader's meter. Its figures decide how much is downloaded at once. */
  readonly meter: Meter;
  /** Looks after requests, and leaves the group. @default another process of this instance does */
  readonly caretaker?: Caretaker;
  readonly visibilitySeconds: number;
  /** Memory that this process may use. */
  readonly memoryBytes: number;
  readonly logger: Logger;
}

/** Takes tasks from the queue until it is stopped. */
export class Agent {
  private readonly slots = new Slots(startLimit.value);
  /** Messages that are worked on. */
  private readonly held = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly workDeps: WorkDeps;

  constructor(private readonly options: AgentOptions) {
    this.workDeps = { ...options, slots: this.slots };
  }

  /**
   * Serves the queue until {@link stop}. Then all that was taken is finished or given back, and all results are
   * written.
   */
  async serve(): Promise<void> {
    const { queue, results, beats, meter, memoryBytes, caretaker } = this.options;
    beats.start();
    await Promise.all([
      ...Array.from({ length: POLLERS }, () => this.poll()),
      adaptLimit(this.slots, meter, memoryBytes, this.stopping.signal),
      caretaker === undefined ? undefined : this.lookAfterRequests(caretaker),
    ]);
    await Promise.all(this.held);
    await results.drain();
    await beats.end();
    await queue.drain();
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
      // While enough is waiting here, it takes no more: another instance can.
      await this.slots.hungry();
      if (signal.aborted) return;
      try {
        for (const message of await this.options.queue.receive(LONG_POLL_SECONDS)) this.accept(message);
      } catch (error) {
        this.options.logger.warn({ err: error }, "receiving failed");
        await pause(POLL_ERROR_PAUSE_MS, signal);
      }
    }
  }

  private accept(message: Message): void {
    const job = work(this.workDeps, message, this.stopping.signal)
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
