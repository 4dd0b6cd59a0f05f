import type { Logger } from "pino";
import type { ProgressTable } from "../../aws/progress-table.ts";
import type { Beat } from "../../domain/request/progress.ts";
import { minuteOf } from "../../domain/request/samples.ts";
import { expiresAt } from "../../domain/request/timestamps.ts";

export interface ReceivedOptions {
  readonly progress: Pick<ProgressTable, "received">;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Bytes of one request that came in a minute. Beats tell them until the minute is over; then they are noted, which is one write a
 * minute beside six beats. What came since the beat before counts for the minute of that beat.
 */
export class Received {
  private minute = minuteOf(Date.now());
  private bytes = 0;

  constructor(
    private readonly reqId: string,
    private readonly options: ReceivedOptions,
  ) {}

  isOver(): boolean {
    return minuteOf(Date.now()) !== this.minute;
  }

  /** Whether nothing would be lost with this. */
  isNoted(): boolean {
    return this.bytes === 0;
  }

  /** What a beat says. @param bytes that came since the beat before. @param over they are noted right after it */
  told(bytes: number, over: boolean): Pick<Beat, "received"> {
    const received = this.bytes + bytes;
    return over || received === 0 ? {} : { received };
  }

  /** @param over the minute is, or nothing more will come. What cannot be noted is tried again with the next beat. */
  async add(bytes: number, over: boolean): Promise<void> {
    this.bytes += bytes;
    if (!over) return;
    const { progress, logger } = this.options;
    try {
      if (this.bytes > 0) await progress.received(this.reqId, this.minute, this.bytes, expiresAt(new Date()));
    } catch (error) {
      logger.warn({ err: error, req_id: this.reqId }, "the bytes of a minute were not noted");
      return;
    }
    this.bytes = 0;
    this.minute = minuteOf(Date.now());
  }
}
