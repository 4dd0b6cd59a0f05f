// The ways by which tasks return to their queue: deferred URLs, what is left of a message that failed, and unstarted messages.
import { grouped } from "../../domain/collections.ts";
import type { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { DeadLetters, ReceivedMessage, ResultStore, TaskQueue } from "../../domain/plan/ports.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { CarriedProgress, DownloadDeps, MessageJob } from "../admit/message-job.ts";
import { StoppingError } from "../admit/task-run.ts";
import { NotATaskError } from "../fetch/request-headers.ts";
import type { Heartbeats } from "../report/heartbeats.ts";
import type { FollowerPromoter } from "../report/promote-followers.ts";
import type { Prefetcher } from "./prefetcher.ts";

/** What the messages of one queue are processed with. */
export interface MessageDeps extends DownloadDeps {
  readonly queue: TaskQueue;
  readonly prefetcher: Prefetcher;
  readonly deadLetters: DeadLetters;
  readonly store: ResultStore;
  readonly heartbeats: Heartbeats;
  /** The queue's visibility timeout. */
  readonly visibilitySeconds: number;
}

/** How long a message that failed stays hidden. AWS or the network may fail for a while, and each delivery counts. */
const RETRY_SECONDS = 20;
/** Unstarted messages return to the queue after this time. It is longer than a received message takes to start. */
const UNSTARTED_MS = 3_000;

/**
 * Returns what is left of a message that could not be finished.
 * @param rest its tasks that have no result
 * @param error why it could not be finished
 * @param job of the message: its promoter, if it has followers, and what its URLs carry
 * @returns whether the message itself may be deleted; if not, it becomes visible again later
 */
export async function returnToQueue(
  deps: MessageDeps,
  message: ReceivedMessage,
  rest: TaskMessage,
  error: unknown,
  { promoter, carried }: Pick<MessageJob, "promoter" | "carried">,
): Promise<boolean> {
  if (error instanceof NotATaskError) {
    deps.logger.warn(
      { message_id: message.id, reason: error.message },
      "Invalid task; moving it to the dead-letter queue",
    );
    await deps.deadLetters.send(JSON.stringify(rest), error.message);
    return true;
  }
  if (error instanceof StoppingError) {
    // It is sent as a new message, because each delivery of the old one counts: in a shrinking fleet, one stopping
    // agent after the other would pass it on until it goes to the dead letters. It is not sent for a request that has
    // ended: if the request's instances were stopped with it, no agent might be left to drop the message.
    const rests = (await promoter?.withdraw(rest)) ?? [rest];
    if (await deps.isActive(rest.req_id))
      await deps.queue.send(rests.map((it) => ({ ...it, ...carriedUrls(it, it.urls, carried) })));
    return true;
  }
  deps.logger.warn({ err: error, req_id: rest.req_id }, "Message returned to queue");
  await deps.queue.setVisibilityTimeout(message.receipt, RETRY_SECONDS);
  return false;
}

/**
 * Returns messages of which nothing has started, once the queue is empty: other agents may be idle, while what is here waits for a slot.
 * Call it every second.
 */
export async function returnUnstarted(deps: MessageDeps): Promise<void> {
  const { prefetcher, queue, limiters, logger } = deps;
  const candidates = prefetcher.unstarted(UNSTARTED_MS);
  if (candidates.length === 0) return;
  if (performance.now() - prefetcher.emptyAt >= UNSTARTED_MS) {
    const depth = await queue
      .depth()
      .catch((error: unknown) => logger.warn({ err: error }, "Cannot read the depth of the queue"));
    // Delayed messages cannot be received by anybody yet.
    if (depth?.available !== 0) return;
  }
  const unstarted = candidates.filter(({ hasStarted }) => !hasStarted);
  // Small files would be received again at once, because their places are free. Large files wait for slots of their own.
  if (unstarted.some(({ isLarge }) => !isLarge)) prefetcher.pause(UNSTARTED_MS);
  for (const message of unstarted) for (const limiter of [limiters.small, limiters.large]) limiter.withdraw(message);
  if (unstarted.length > 0) logger.info({ messages: unstarted.length }, "Returning unstarted messages to the queue");
}

interface Deferral {
  readonly urls: readonly TaskUrl[];
  readonly error: DeferredError;
}

/**
 * The deferred URLs of a message: they return to the queue as a new message with a delay. So they occupy no slots, and use up no delivery
 * of the old one. All else of the message stays with it, its followers too.
 */
export class Deferrals {
  private waiting: Deferral[] = [];
  private readonly sent: Promise<void>[] = [];
  private flushing: NodeJS.Immediate | undefined;

  /** @param onSent called with the URLs that are in the queue again */
  constructor(
    private readonly deps: MessageDeps,
    private readonly message: TaskMessage,
    private readonly promoter: FollowerPromoter | undefined,
    private readonly carried: ReadonlyMap<TaskUrl, CarriedProgress>,
    private readonly onSent: (urls: readonly TaskUrl[]) => void,
  ) {}

  /**
   * URLs with a failed attempt are sent when the message ends; URLs without an attempt are sent at once, together.
   * @param urls the one that was deferred, and the variants that wait for it
   */
  add(urls: readonly TaskUrl[], error: DeferredError): void {
    this.waiting.push({ urls, error });
    if (error.attempts === 0) this.flushing ??= setImmediate(() => this.flush((it) => it.error.attempts === 0));
  }

  /** Sends the rest. @throws TasksNotQueuedError if SQS refuses some of all that was deferred */
  async end(): Promise<void> {
    this.flush(() => true);
    await Promise.all(this.sent);
  }

  private flush(which: (it: Deferral) => boolean): void {
    clearImmediate(this.flushing);
    this.flushing = undefined;
    const now = this.waiting.filter(which);
    this.waiting = this.waiting.filter((it) => !which(it));
    for (const deferrals of grouped(now, ({ error }) => error.attempts).values()) {
      const job = this.send(deferrals);
      // It is thrown at the end.
      job.catch(() => undefined);
      this.sent.push(job);
    }
  }

  private async send(deferrals: readonly Deferral[]): Promise<void> {
    const urls = deferrals.flatMap((it) => it.urls);
    const seconds = Math.max(...deferrals.map(({ error }) => error.delayMs)) / 1_000;
    if (await this.deps.isActive(this.message.req_id)) {
      const left = { ...this.message, urls };
      const parts = (await this.promoter?.withdraw(left)) ?? [left];
      const sending = parts.map((part) =>
        this.deps.queue.sendLater({ ...part, ...carriedUrls(this.message, part.urls, this.carried) }, seconds),
      );
      await Promise.all(sending);
    }
    this.onSent(urls);
  }
}

/** URLs with what is carried of them. Each has its own attempts as soon as one has any: else those of the message would count for it. */
export function carriedUrls(
  message: TaskMessage,
  urls: readonly TaskUrl[],
  carried: ReadonlyMap<TaskUrl, CarriedProgress>,
): Pick<TaskMessage, "urls" | "tries"> {
  const all = urls.map((url) => ({ ...url, ...carried.get(url) }));
  const tries = Math.max(...all.map((url) => attemptsBefore(message, url)));
  if (tries === 0) return { urls: all };
  return { urls: all.map((url) => ({ ...url, attempts: attemptsBefore(message, url) })), tries };
}
