import type { TaskLane } from "../../aws/task-lane.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { PutOffError } from "../origin/put-off.ts";
import type { ActiveRequests } from "./active-requests.ts";
import { isWanted } from "./is-wanted.ts";

export interface PutOffDeps {
  readonly queue: Pick<TaskLane, "sendLater">;
  readonly requests: Pick<ActiveRequests, "isActive">;
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

  /** What was asked for in vain waits for others of the message; what was not asked for goes at once, all of it together. */
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
      const job = this.send(
        now.filter(({ error }) => error.tries === tries),
        tries,
      );
      // It is thrown at the end.
      job.catch(() => undefined);
      this.sent.push(job);
    }
  }

  private async send(putOffs: readonly PutOff[], more: number): Promise<void> {
    const urls = putOffs.flatMap((it) => it.urls);
    const ms = Math.max(...putOffs.map(({ error }) => error.ms));
    const spreadMs = Math.max(...putOffs.map(({ error }) => error.spreadMs));
    const seconds = (ms + Math.random() * spreadMs) / 1_000;
    const tries = (this.message.tries ?? 0) + more;
    if (await isWanted(this.deps.requests, this.message.req_id))
      await this.deps.queue.sendLater({ ...this.message, urls, ...(tries === 0 ? {} : { tries }) }, seconds);
    this.onSent(urls);
  }
}
