import { randomUUID } from "node:crypto";
import { ASK_AGAIN_MS } from "../domain/request/patience.ts";
import type { RequestItem } from "../domain/request/request-item.ts";
import type { AskedLooks } from "./asked-looks.ts";
import type { AsyncFunction } from "./async-function.ts";

/** Asks Shutdown to look at requests: for Aggregation, Watch and idle agents, of which many may see the same at once. */
export class Looks {
  constructor(
    private readonly asked: Pick<AskedLooks, "mayAsk" | "answered">,
    private readonly shutdown: Pick<AsyncFunction, "invoke">,
  ) {}

  /**
   * @param by who asks. If it died in the middle, the same asks again and is heard. @default one that asks once
   * @returns false: somebody else has asked, and no answer came yet
   */
  async ask(
    { req_id: reqId, expire_at: expireAt }: Pick<RequestItem, "req_id" | "expire_at">,
    by: string = randomUUID(),
  ): Promise<boolean> {
    if (!(await this.asked.mayAsk(reqId, by, Date.now(), ASK_AGAIN_MS, expireAt))) return false;
    try {
      await this.shutdown.invoke(reqId);
      return true;
    } catch (error) {
      // Without this, nobody could ask for a while.
      await this.asked.answered(reqId).catch(() => undefined);
      throw error;
    }
  }
}
