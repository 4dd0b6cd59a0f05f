import type { RequestReader } from "../../aws/request-table.ts";

/** How long an answer is used. The tasks of a stopped request are downloaded at most this much longer. */
const BELIEVED_MS = 3_000;

/** Which requests are active. Asks once in a few seconds, however many tasks there are. */
export class ActiveRequests {
  private readonly known = new Map<string, { readonly at: number; readonly active: Promise<boolean> }>();

  constructor(private readonly requests: Pick<RequestReader, "isActive">) {}

  /** Whether a request's tasks are still wanted. */
  isActive(reqId: string): Promise<boolean> {
    const known = this.known.get(reqId);
    if (known !== undefined && performance.now() - known.at < BELIEVED_MS) return known.active;
    const active = this.requests.isActive(reqId);
    this.known.set(reqId, { at: performance.now(), active });
    // A failed look-up is not kept.
    active.catch(() => this.known.delete(reqId));
    return active;
  }
}

/** Whether a request is active. True also if the look-up fails: then nothing is thrown away. */
export function isWanted(requests: Pick<ActiveRequests, "isActive">, reqId: string): Promise<boolean> {
  return requests.isActive(reqId).catch(() => true);
}
