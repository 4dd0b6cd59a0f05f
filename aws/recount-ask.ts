import type { ProgressTable } from "./progress-table.ts";
import type { StepQueue } from "./step-queue.ts";

/** A question without an answer for this long may be asked again: whoever was to answer has failed for good. Above Lambda's 15 minutes. */
const ASK_AGAIN_MS = 1_200_000;

/** Asks Shutdown for a look at a request, once: until the answer nobody else does. */
export class RecountAsk {
  constructor(
    private readonly progress: Pick<ProgressTable, "mayAsk">,
    private readonly steps: Pick<StepQueue, "look">,
  ) {}

  /**
   * @param by who asks. If it died in the middle, the same asks again and is heard.
   * @param expireAt TTL of the request, seconds since the epoch
   */
  async ask(reqId: string, by: string, expireAt: number): Promise<void> {
    if (await this.progress.mayAsk(reqId, by, Date.now(), ASK_AGAIN_MS, expireAt)) await this.steps.look(reqId);
  }
}
