import { randomUUID } from "node:crypto";
import type { SettlementRequests } from "../../../aws/settlement-requests.ts";
import { FakeAsyncFunction } from "./async-function.ts";
import type { Public } from "./public.ts";

export class FakeSettlementRequests implements Public<SettlementRequests> {
  /** When a check was requested, by request, as long as it is not done. */
  readonly open = new Map<string, number>();
  private readonly requesters = new Map<string, string>();

  constructor(private readonly shutdown: { invoke(reqId: string): Promise<void> } = new FakeAsyncFunction()) {}

  async requestSettlement(reqId: string, by: string = randomUUID()) {
    const [before, now] = [this.open.get(reqId), Date.now()];
    if (before !== undefined && before >= now - 1_200_000 && this.requesters.get(reqId) !== by) return false;
    this.open.set(reqId, now);
    this.requesters.set(reqId, by);
    try {
      await this.shutdown.invoke(reqId);
      return true;
    } catch (error) {
      this.open.delete(reqId);
      throw error;
    }
  }
  async clear(reqId: string) {
    this.open.delete(reqId);
  }
}
