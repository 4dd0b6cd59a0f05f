import type { AskedLooks } from "../../../aws/settlement-queue.ts";
import type { Public } from "./public.ts";

export class FakeAskedLooks implements Public<AskedLooks> {
  /** When somebody asked for a look, by request, as long as there is no answer. */
  readonly open = new Map<string, number>();
  private readonly askers = new Map<string, string>();

  async mayAsk(reqId: string, by: string, now = Date.now(), againMs = 1_200_000) {
    const before = this.open.get(reqId);
    const may = before === undefined || before < now - againMs || this.askers.get(reqId) === by;
    if (!may) return false;
    this.open.set(reqId, now);
    this.askers.set(reqId, by);
    return true;
  }
  async answered(reqId: string) {
    this.open.delete(reqId);
  }
}
