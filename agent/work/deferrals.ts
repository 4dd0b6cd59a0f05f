import type { TaskLane } from "../../aws/task-lane.ts";
import type { DeferredError } from "../../domain/origin/origin-limiter.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { ActiveRequests } from "./active-requests.ts";
import type { HandingOver } from "./hand-over.ts";
import { isWanted } from "./is-wanted.ts";

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
