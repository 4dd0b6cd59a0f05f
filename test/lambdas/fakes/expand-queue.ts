import type { ExpandQueue } from "../../../aws/expand-queue.ts";
import type { Public } from "./public.ts";

export class FakeExpandQueue implements Public<ExpandQueue> {
  /** Requests whose sources are to be read. */
  readonly requests: string[] = [];
  /** Messages that failed: the receipt, and after how many seconds it comes again. */
  readonly pauses: (readonly [receipt: string, seconds: number])[] = [];

  async expand(reqId: string) {
    this.requests.push(reqId);
  }
  async again(receipt: string, seconds: number) {
    this.pauses.push([receipt, seconds]);
  }
}
