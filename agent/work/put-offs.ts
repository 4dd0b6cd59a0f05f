import type { TaskLane } from "../../aws/task-lane.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { PutOffError } from "../origin/put-off.ts";
import type { ActiveRequests } from "./active-requests.ts";
import type { HandingOver } from "./hand-over.ts";
import { isWanted } from "./is-wanted.ts";

export interface PutOffDeps {
  readonly queue: Pick<TaskLane, "sendLater">;
  readonly requests: Pick<ActiveRequests, "isActive">;
  /** Of a message with followers. */
  readonly lead?: Pick<HandingOver, "withdraw">;
}

interface PutOff {
  readonly urls: readonly TaskUrl[];
  readonly error: PutOffError;
}

/**
 * What of a message is put off: it goes back as a new message that nobody can receive for a while. So it blocks nobody's
 * slots, and no delivery of the old one is used up. All else of the message stays with it, its followers too.
 */
export class PutOffs {
  private waiting: PutOff[] = [];
  private sent: Promise<void>[] = [];
  private flushing: NodeJS.Immediate | undefined;

  /** @param onSent told of what is in the queue again */
  constructor(
    private readonly deps: PutOffDeps,
    private readonly message: TaskMessage,
    private readonly onSent: (urls: readonly TaskUrl[]) => void,
  ) {}

  /**
   * What was asked for in vain waits for others of the message; what was not asked for goes at once, all of it together.
   * @param urls the one that was asked for, and the variants that wait for it
   */
  add(urls: readonly TaskUrl[], error: PutOffError): void {
    this.waiting.push({ urls, error });
    if (error.tries === 0) this.flushing ??= setImmediate(() => this.flush((it) => it.error.tries === 0));
  }

  /** Sends the rest. @throws TasksNotQueuedError if SQS refuses some of all that was put off */
  async end(): Promise<void> {
    this.flush(() => true);
    await Promise.all(this.sent);
  }

  private flush(which: (it: PutOff) => boolean): void {
    clearImmediate(this.flushing);
    this.flushing = undefined;
    const now = this.waiting.filter(which);
    this.waiting = this.waiting.filter((it) => !which(it));
    for (const tries of new Set(now.map(({ error }) => error.tries))) {
      const job = this.send(now.filter(({ error }) => error.tries === tries));
      // It is thrown at the end.
      job.catch(() => undefined);
      this.sent.push(job);
    }
  }

  private async send(putOffs: readonly PutOff[]): Promise<void> {
    const urls = putOffs.flatMap((it) => it.urls);
    const counted = new Map(
      putOffs.flatMap((it) =>
        it.urls.map((url, i) => [url, i === 0 ? withAttempts(this.message, url, it.error) : url] as const),
      ),
    );
    const ms = Math.max(...putOffs.map(({ error }) => error.ms));
    const spreadMs = Math.max(...putOffs.map(({ error }) => error.spreadMs));
    const seconds = (ms + Math.random() * spreadMs) / 1_000;
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
function withAttempts(message: TaskMessage, url: TaskUrl, { tries, startedAt }: PutOffError): TaskUrl {
  if (startedAt === undefined && tries === 0) return url;
  const attempts = attemptsBefore(message, url) + tries;
  return { ...url, attempts, ...(startedAt === undefined ? {} : { first_attempt_at: startedAt }) };
}

/** Each URL says its own attempts as soon as one has any: else those of the message would count for it. */
function attemptsOf(message: TaskMessage, urls: readonly TaskUrl[]): Pick<TaskMessage, "urls" | "tries"> {
  const tries = Math.max(...urls.map((url) => attemptsBefore(message, url)));
  if (tries === 0) return { urls: [...urls] };
  return { urls: urls.map((url) => ({ ...url, attempts: attemptsBefore(message, url) })), tries };
}
