import type { RequestTable } from "../../aws/request-table.ts";

/** An answer is believed for so long: a stopped request's tasks are downloaded a few seconds longer at most. */
const BELIEVED_MS = 3_000;

/** Which requests are active. Asks once in a few seconds, however many tasks there are. */
export class ActiveRequests {
  private readonly known = new Map<string, { readonly at: number; readonly active: Promise<boolean> }>();

  constructor(private readonly requests: Pick<RequestTable, "isActive">) {}

  /** Whether a request's tasks are still wanted. */
  isActive(reqId: string): Promise<boolean> {
    const known = this.known.get(reqId);
    if (known !== undefined && performance.now() - known.at < BELIEVED_MS) return known.active;
    const active = this.requests.isActive(reqId);
    this.known.set(reqId, { at: performance.now(), active });
    // A look-up that failed is not believed.
    active.catch(() => this.known.delete(reqId));
    return active;
  }
}
