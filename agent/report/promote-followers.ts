import type { Log } from "../../domain/log-fields.ts";
import {
  type FinishedUrl,
  type LeadResult,
  promoteFollowers,
  withoutQueuedFollowers,
} from "../../domain/plan/followers.ts";
import type { ResultStore, TaskQueue } from "../../domain/plan/ports.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { expiresAt } from "../../domain/timestamps.ts";

/** How often the followers of finished URLs are queued: one slow URL of a message holds up only its own followers. */
const INTERVAL_MS = 2_000;

interface PromoterDeps {
  readonly queue: TaskQueue;
  readonly store: ResultStore;
  /** Whether a request is active. */
  readonly isActive: (reqId: string) => Promise<boolean>;
  readonly logger: Log;
}

/**
 * Makes tasks of a lead's followers: of each URL as soon as its download has ended well, of all others when they have a result. If that
 * fails, or the agent vanishes, the lead's message comes again, and so does this. A request that has ended gets no further tasks.
 */
export class FollowerPromoter {
  private readonly queued = new Set<TaskUrl>();
  /** What is known of the lead's URLs: their downloads that have ended well, or their results. */
  private readonly known = new Map<TaskUrl, { readonly result: LeadResult; readonly isStored: boolean }>();
  private last: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  /**
   * @param before those of its URLs whose results were stored already
   * @param again whether its followers may have been queued before
   */
  constructor(
    private readonly deps: PromoterDeps,
    private readonly lead: TaskMessage,
    before: readonly FinishedUrl[],
    private again: boolean,
  ) {
    for (const { url, result } of before) this.known.set(url, { result, isStored: true });
    this.timer = setInterval(() => this.promoteWhole(), INTERVAL_MS);
  }

  /** Ends the regular promotion. */
  stop(): void {
    clearInterval(this.timer);
  }

  /** The result of a URL is stored. */
  onResult(url: TaskUrl, result: LeadResult): void {
    this.known.set(url, { result, isStored: true });
  }

  /**
   * The REC has the object, and the followers may request it: the proof concerns this POP alone. After the last download of the message they
   * are queued at once, before that with others of it, so that there are no more messages than with the results.
   */
  onDownloaded(url: TaskUrl, result: LeadResult): void {
    this.known.set(url, { result, isStored: false });
    if (this.known.size === this.lead.urls.length) this.promoteWhole();
  }

  /**
   * Removes a part of the lead that returns to the queue without results: whoever receives it promotes its followers.
   * @returns its messages: those of its URLs whose followers are queued already go without followers
   */
  async withdraw(part: TaskMessage): Promise<TaskMessage[]> {
    for (const url of part.urls) if (this.known.get(url)?.isStored === false) this.known.delete(url);
    await this.last;
    const queued = new Set(part.urls.filter((url) => this.queued.has(url)));
    return withoutQueuedFollowers(this.again ? { ...part, again: true } : part, queued);
  }

  /** Promotes all that has a result. Call it before the lead's message is deleted. @throws what the queue or the store throws */
  finish(): Promise<void> {
    return this.promote(this.ended());
  }

  /** URLs of which all variants are known: in one message, a follower requests them in their order. */
  private promoteWhole(): void {
    const open = new Set(this.lead.urls.filter((url) => !this.known.has(url)).map(({ url }) => url));
    this.promote(this.ended().filter(({ url: { url } }) => !open.has(url))).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, req_id: this.lead.req_id }, "Queueing followers failed; will retry");
    });
  }

  /** One call after the other, so that no followers are queued twice. */
  private promote(ended: readonly FinishedUrl[]): Promise<void> {
    const next = this.last
      .then(() => this.send(ended.filter(({ url }) => !this.queued.has(url))))
      .catch((error: unknown) => {
        // A part of it may have been sent.
        this.again = true;
        throw error;
      });
    this.last = next.catch(() => undefined);
    return next;
  }

  private async send(ended: readonly FinishedUrl[]): Promise<void> {
    const { isActive, store, queue } = this.deps;
    if (ended.length === 0 || !(await isActive(this.lead.req_id))) return;
    const { messages, skipped } = promoteFollowers(this.lead, ended, this.again, expiresAt());
    if (skipped.length > 0) await store.putIfAbsent(skipped);
    if (messages.length > 0) await queue.send(messages);
    for (const { url } of ended) this.queued.add(url);
  }

  /** In the message's order, so that the variants of a URL stay together. */
  private ended(): FinishedUrl[] {
    return this.lead.urls.flatMap((url) => {
      const known = this.known.get(url);
      return known === undefined ? [] : [{ url, result: known.result }];
    });
  }
}
