import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { TaskLane } from "../../aws/task-queue.ts";
import type { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import { NotATaskError, StoppingError } from "../fetch/task-errors.ts";
import type { HandingOver } from "../report/promote-followers.ts";
import { type ActiveRequests, isWanted } from "./active-requests.ts";

/**
 * How long a message that was given back stays hidden. AWS or the network may fail for a while, and each delivery
 * counts.
 */
const RETRY_SECONDS = 20;

export interface GiveBackDeps {
  readonly queue: Pick<TaskLane, "hold" | "send">;
  readonly deadLetters: Pick<DeadLetterQueue, "bury">;
  readonly requests: Pick<ActiveRequests, "isActive">;
  /** Of a message with followers. */
  readonly lead?: Pick<HandingOver, "withdraw">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Gives back what is left of a message that could not be finished.
 * @param rest its tasks that have no result
 * @param error why it could not be finished
 * @returns DONE: the message itself may be deleted. HELD: it must not be; it becomes visible again later
 */
export async function giveBack(
  deps: GiveBackDeps,
  message: Message,
  rest: TaskMessage,
  error: unknown,
): Promise<"DONE" | "HELD"> {
  if (error instanceof NotATaskError) {
    deps.logger.warn({ message_id: message.MessageId, reason: error.message }, "a part of a message is no task");
    const failure = await deps.deadLetters.bury(JSON.stringify(rest), error.message);
    if (failure !== undefined) throw failure;
    return "DONE";
  }
  if (error instanceof StoppingError) {
    // It is sent as a new message, because each delivery of the old one counts: in a shrinking fleet, one stopping
    // agent after the other would pass it on until it goes to the dead letters. It is not sent for a request that has
    // ended: if the request's instances were stopped with it, no agent might be left to drop the message.
    const rests = (await deps.lead?.withdraw(rest)) ?? [rest];
    if (await isWanted(deps.requests, rest.req_id)) await deps.queue.send(rests);
    return "DONE";
  }
  deps.logger.warn({ err: error, req_id: rest.req_id }, "message is given back");
  await deps.queue.hold(message.ReceiptHandle ?? "", RETRY_SECONDS);
  return "HELD";
}

export interface DeferralDeps {
  readonly queue: Pick<TaskLane, "sendLater">;
  readonly requests: Pick<ActiveRequests, "isActive">;
  /** Of a message with followers. */
  readonly lead?: Pick<HandingOver, "withdraw">;
}

interface Deferral {
  readonly urls: readonly TaskUrl[];
  readonly error: DeferredError;
}

/**
 * The deferred URLs of a message: they return to the queue as a new message that nobody can receive for a while. So they block nobody's
 * slots, and use up no delivery of the old one. All else of the message stays with it, its followers too.
 */
export class Deferrals {
  private waiting: Deferral[] = [];
  private sent: Promise<void>[] = [];
  private flushing: NodeJS.Immediate | undefined;

  /** @param onSent told of what is in the queue again */
  constructor(
    private readonly deps: DeferralDeps,
    private readonly message: TaskMessage,
    private readonly onSent: (urls: readonly TaskUrl[]) => void,
  ) {}

  /**
   * What was requested in vain waits for others of the message; what was not requested goes at once, all of it together.
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
    for (const attempts of new Set(now.map(({ error }) => error.attempts))) {
      const job = this.send(now.filter(({ error }) => error.attempts === attempts));
      // It is thrown at the end.
      job.catch(() => undefined);
      this.sent.push(job);
    }
  }

  private async send(deferrals: readonly Deferral[]): Promise<void> {
    const urls = deferrals.flatMap((it) => it.urls);
    const counted = new Map(
      deferrals.flatMap((it) =>
        it.urls.map((url, i) => [url, i === 0 ? withAttempts(this.message, url, it.error) : url] as const),
      ),
    );
    const seconds = Math.max(...deferrals.map(({ error }) => error.delayMs)) / 1_000;
    if (await isWanted(this.deps.requests, this.message.req_id)) {
      const left = { ...this.message, urls };
      const parts = (await this.deps.lead?.withdraw(left)) ?? [left];
      const sending = parts.map((part) => {
        const attempts = attemptsOf(
          this.message,
          part.urls.map((url) => counted.get(url) ?? url),
        );
        return this.deps.queue.sendLater({ ...part, ...attempts }, seconds);
      });
      await Promise.all(sending);
    }
    this.onSent(urls);
  }
}

/** The same URL, with the attempts that ended with this error. */
function withAttempts(message: TaskMessage, url: TaskUrl, { attempts, startedAt }: DeferredError): TaskUrl {
  if (startedAt === undefined && attempts === 0) return url;
  const all = attemptsBefore(message, url) + attempts;
  return { ...url, attempts: all, ...(startedAt === undefined ? {} : { first_attempt_at: startedAt }) };
}

/** Each URL says its own attempts as soon as one has any: else those of the message would count for it. */
function attemptsOf(message: TaskMessage, urls: readonly TaskUrl[]): Pick<TaskMessage, "urls" | "tries"> {
  const tries = Math.max(...urls.map((url) => attemptsBefore(message, url)));
  if (tries === 0) return { urls: [...urls] };
  return { urls: urls.map((url) => ({ ...url, attempts: attemptsBefore(message, url) })), tries };
}
