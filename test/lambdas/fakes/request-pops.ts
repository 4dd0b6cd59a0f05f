import type { RequestPopTable } from "../../../aws/request-pop-table.ts";
import type { Target } from "../../../domain/plan/target.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";
import type { FakeRequests } from "./requests.ts";

export class FakeRequestPops implements Public<RequestPopTable> {
  readonly items = new Map<string, Target>();
  /** Targets whose fan-out was started again, and with what number. */
  readonly calledAgain: (readonly [target: string, calls: number])[] = [];

  constructor(
    private readonly requests: FakeRequests,
    ...items: readonly Target[]
  ) {
    for (const item of items) this.items.set(`${item.req_id}/${item.target}`, item);
  }

  async put(items: readonly Target[]) {
    for (const item of items) this.items.set(`${item.req_id}/${item.target}`, item);
  }
  async of(reqId: string) {
    return [...this.items.values()].filter(({ req_id }) => req_id === reqId);
  }
  async startFanOut(reqId: string, target: string, calls?: number) {
    const key = `${reqId}/${target}`;
    const item = this.items.get(key);
    if (item?.state === "RESOLVED" && calls === undefined) this.items.set(key, { ...item, state: "READY" });
    if (item?.state === "READY" && calls !== undefined) this.calledAgain.push([target, calls]);
  }
  async markSent(reqId: string, targets: readonly Target[]) {
    const items = targets.map(({ target }) => this.items.get(`${reqId}/${target}`));
    const owner = this.requests.items.get(reqId);
    if (owner?.active === undefined || !items.every((it) => it?.state === "READY" || it?.state === "RESOLVED"))
      return false;
    for (const it of targets) this.items.set(`${reqId}/${it.target}`, { ...it, state: "SENT" });
    this.requests.items.set(reqId, {
      ...owner,
      targets_sent: owner.targets_sent + targets.length,
      sent_at: Date.now(),
    });
    return true;
  }
}
