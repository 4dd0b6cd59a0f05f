import type { ProgressTable } from "../../aws/progress-table.ts";
import { minuteOf } from "../../domain/request/samples.ts";
import { type Count, minus } from "../../domain/result/count.ts";
import type { BatchProgress } from "./progress-of-batch.ts";
import { remember } from "./remember.ts";

/**
 * Notes what was counted when a minute began, with the first batch in it: one write a minute and process. What batches beside
 * this one have added by then is among it, so it may be a second late. A batch that is tried again notes nothing else.
 */
export class Minutes {
  private readonly noted = new Map<string, number>();

  constructor(private readonly progress: Pick<ProgressTable, "began">) {}

  /** @param counted with the batch. @param now milliseconds since the epoch */
  async note(
    { reqId, total }: Pick<BatchProgress, "reqId" | "total">,
    counted: Count,
    now: number,
    expireAt: number,
  ): Promise<void> {
    const minute = minuteOf(now);
    if (this.noted.get(reqId) === minute) return;
    await this.progress.began(reqId, minute, minus(counted, total), expireAt);
    remember(this.noted, reqId, minute);
  }
}
