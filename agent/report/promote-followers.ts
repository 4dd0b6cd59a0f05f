import type { Logger } from "pino";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskLane } from "../../aws/task-queue.ts";
import { grouped } from "../../domain/grouped.ts";
import { type Ended, handOver, type LeadResult, withoutQueuedFollowers } from "../../domain/plan/followers.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { expiresAt } from "../../domain/timestamps.ts";
import { Cancellation } from "../fetch/http/cancellation.ts";
import { isWanted } from "../receive/active-requests.ts";
import { type HoldDeps, holdMessage } from "../receive/hold-message.ts";
import { NotedResults, type ResultWriter } from "./result-writer.ts";

/** A message that takes longer hands over so often what is done of it: one slow URL holds up only those that wait for it. */
const EVERY_MS = 2_000;

export interface HandOverDeps extends HoldDeps {
  readonly queue: HoldDeps["queue"] & Pick<TaskLane, "send">;
  readonly stored: Pick<RequestTaskTable, "putIfAbsent">;
  readonly results: Pick<ResultWriter, "write">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Hands a lead's URLs over to its followers: each as soon as its download has ended well, all others when they have a result. If that fails, or the agent vanishes, the lead's message comes again, and so
 * does this. Nothing is handed over of a request that has ended.
 */
export class HandingOver {
  /** Writes the lead's results, and knows from then on which of them stand. */
  readonly results: NotedResults;
  private readonly handed = new Set<TaskUrl>();
  /** What the downloads have shown that have ended well, until their results stand. */
  private readonly downloaded = new Map<TaskUrl, LeadResult>();
  private last: Promise<void> = Promise.resolve();

  /**
   * @param before those of its URLs whose results stood already
   * @param again whether they may have been handed over before
   */
  constructor(
    private readonly deps: HandOverDeps,
    private readonly lead: TaskMessage,
    private readonly before: readonly Ended[],
    private again: boolean,
  ) {
    this.results = new NotedResults(deps.results);
  }

  /** Hands over now and then what is done. @returns a function that ends this */
  start(): () => void {
    const timer = setInterval(() => this.handOnWhole(), EVERY_MS);
    return () => clearInterval(timer);
  }

  /**
   * The REC has the object, and those that wait for it may ask: the proof is this POP's own. After the last download of the message they
   * are queued at once, before that with others of it, so that there are no more messages than with the results.
   */
  onDownloaded(url: TaskUrl, shown: LeadResult): void {
    this.downloaded.set(url, shown);
    if (this.ended().length === this.lead.urls.length) this.handOnWhole();
  }

  /**
   * Takes a part of the lead out that goes back to the queue without results: whoever gets it hands it over.
   * @returns its messages: what has its followers queued already goes alone
   */
  async withdraw(part: TaskMessage): Promise<TaskMessage[]> {
    for (const url of part.urls) this.downloaded.delete(url);
    await this.last;
    const queued = new Set(part.urls.filter((url) => this.handed.has(url)));
    return withoutQueuedFollowers(this.again ? { ...part, again: true } : part, queued);
  }

  /**
   * Hands over all that has a result. Call it before the lead's message is deleted.
   * @param receipt the message is held until then
   * @throws what SQS or DynamoDB throw
   */
  async end(receipt: string): Promise<void> {
    const letGo = holdMessage(this.deps, receipt, this.lead.req_id, new Cancellation());
    try {
      await this.handOn(this.ended());
    } finally {
      letGo();
    }
  }

  private handOnWhole(): void {
    this.handOn(this.whole()).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, req_id: this.lead.req_id }, "what is done is handed over later");
    });
  }

  /** One after the other: what is under way is not handed over a second time. */
  private handOn(ended: readonly Ended[]): Promise<void> {
    const next = this.last
      .then(() => this.send(ended.filter(({ url }) => !this.handed.has(url))))
      .catch((error: unknown) => {
        // A part of it may have gone out.
        this.again = true;
        throw error;
      });
    this.last = next.catch(() => undefined);
    return next;
  }

  private async send(ended: readonly Ended[]): Promise<void> {
    const { requests, stored, queue } = this.deps;
    if (ended.length === 0 || !(await isWanted(requests, this.lead.req_id))) return;
    const { messages, decided } = handOver(this.lead, ended, this.again, expiresAt(new Date()));
    if (decided.length > 0) await stored.putIfAbsent(decided);
    if (messages.length > 0) await queue.send(messages);
    for (const { url } of ended) this.handed.add(url);
  }

  /** In the message's order, so that the variants of a URL stay together. */
  private ended(): Ended[] {
    const downloaded = [...this.downloaded].map(([url, result]) => ({ url, result }));
    const all = [...downloaded, ...this.before, ...this.results.of(this.lead)];
    const byUrl = new Map(all.map((ended) => [ended.url, ended]));
    return this.lead.urls.flatMap((url) => byUrl.get(url) ?? []);
  }

  /** Of URLs that have ended, or are downloaded, in all variants: in one message, a follower asks for them in their order. */
  private whole(): Ended[] {
    const wanted = grouped(this.lead.urls, ({ url }) => url);
    const ended = grouped(this.ended(), ({ url: { url } }) => url);
    return [...ended].flatMap(([url, variants]) => (variants.length === wanted.get(url)?.length ? variants : []));
  }
}
