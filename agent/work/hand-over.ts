import type { Logger } from "pino";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskLane } from "../../aws/task-lane.ts";
import type { Ended } from "../../domain/plan/ended.ts";
import { grouped } from "../../domain/plan/grouped.ts";
import { handOver } from "../../domain/plan/hand-over.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { expiresAt } from "../../domain/request/timestamps.ts";
import { Cancellation } from "./cancellation.ts";
import { type HoldDeps, holdMessage } from "./hold-message.ts";
import { isWanted } from "./is-wanted.ts";
import { NotedResults } from "./noted-results.ts";
import type { ResultWriter } from "./result-writer.ts";

/** A message that takes longer hands over so often what is done of it: one slow URL holds up only those that wait for it. */
const EVERY_MS = 2_000;

export interface HandOverDeps extends HoldDeps {
  readonly queue: HoldDeps["queue"] & Pick<TaskLane, "send">;
  readonly stored: Pick<RequestTaskTable, "putIfAbsent">;
  readonly results: Pick<ResultWriter, "write">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Hands a lead's URLs over to its followers. If that fails, or the agent vanishes, the lead's message comes again, and so
 * does this. Nothing is handed over of a request that has ended.
 */
export class HandingOver {
  /** Writes the lead's results, and knows from then on which of them stand. */
  readonly results: NotedResults;
  private readonly handed = new Set<Ended["url"]>();
  private last: Promise<void> = Promise.resolve();

  /**
   * @param before those of its URLs whose results stood already
   * @param again whether they may have been handed over before
   */
  constructor(
    private readonly deps: HandOverDeps,
    private readonly lead: TaskMessage,
    private readonly before: readonly Ended[],
    private readonly again: boolean,
  ) {
    this.results = new NotedResults(deps.results);
  }

  /** Hands over now and then what is done. @returns a function that ends this */
  start(): () => void {
    const timer = setInterval(() => {
      this.handOn(this.whole()).catch((error: unknown) => {
        this.deps.logger.warn({ err: error, req_id: this.lead.req_id }, "what is done is handed over later");
      });
    }, EVERY_MS);
    return () => clearInterval(timer);
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

  /** One after the other: what is under way is not handed over a second time. */
  private handOn(ended: readonly Ended[]): Promise<void> {
    const next = this.last.then(() => this.send(ended.filter(({ url }) => !this.handed.has(url))));
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
    const all = [...this.before, ...this.results.of(this.lead)];
    const byUrl = new Map(all.map((ended) => [ended.url, ended]));
    return this.lead.urls.flatMap((url) => byUrl.get(url) ?? []);
  }

  /** Of URLs that have ended in all variants: in one message, a follower asks for them in their order. */
  private whole(): Ended[] {
    const wanted = grouped(this.lead.urls, ({ url }) => url);
    const ended = grouped(this.ended(), ({ url: { url } }) => url);
    return [...ended].flatMap(([url, variants]) => (variants.length === wanted.get(url)?.length ? variants : []));
  }
}
