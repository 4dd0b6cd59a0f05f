import type { Logger } from "pino";
import type { RequestTable } from "../../aws/request-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { Meter } from "../queue/meter.ts";
import { decideIdle } from "./idle.ts";

const LONGEST_BETWEEN_LOOKS_MS = 15_000;

export interface CaretakerOptions {
  readonly requests: Pick<RequestTable, "listActive" | "askToSettle">;
  readonly queue: Pick<TaskQueue, "depth">;
  readonly meter: Pick<Meter, "lastTaskAt">;
  /** Takes this instance out of its group. */
  readonly retire: () => Promise<void>;
  /** Without work for this long, and with nothing active, the instance leaves. */
  readonly retireMs: number;
  /** A request without progress for this long, while there is nothing to do here, has stalled. */
  readonly stallMs: number;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Asks for a recount of stalled and overdue requests, and leaves the group in the end. One process does it for its
 * instance.
 */
export class Caretaker {
  private lastWork = performance.now();

  constructor(private readonly options: CaretakerOptions) {}

  /** How often it should look, in milliseconds. */
  get everyMs(): number {
    return Math.min(LONGEST_BETWEEN_LOOKS_MS, this.options.stallMs);
  }

  /**
   * Looks once and does what is needed. A failure is logged; the next look tries again.
   * @param working whether this process holds a message
   * @returns whether the instance has left its group
   */
  async look(working: boolean): Promise<boolean> {
    const now = performance.now();
    this.lastWork = working ? now : Math.max(this.lastWork, this.options.meter.lastTaskAt);
    try {
      return await this.act(now - this.lastWork);
    } catch (error) {
      this.options.logger.warn({ err: error }, "looking after requests failed");
      return false;
    }
  }

  private async act(idleMs: number): Promise<boolean> {
    const { requests, retire, retireMs, stallMs, logger } = this.options;
    const active = await requests.listActive();
    const messages = active.length > 0 && idleMs >= stallMs ? await this.messages() : 0;
    const decision = decideIdle({ idleMs, messages, active, now: new Date(), stallMs, retireMs });
    for (const reqId of decision.settle) {
      logger.info({ req_id: reqId }, "request has stalled or is overdue, a recount is asked for");
      await requests.askToSettle(reqId);
    }
    if (!decision.retire) return false;
    logger.info({ idle_ms: Math.round(idleMs) }, "nothing to do, leaving the group");
    await retire();
    return true;
  }

  /** Messages in the queue, in flight or not. */
  private async messages(): Promise<number> {
    const { available, inFlight } = await this.options.queue.depth();
    return available + inFlight;
  }
}
