import type { ExpandQueue } from "../../../aws/expand-queue.ts";
import type { Public } from "./public.ts";

export class FakeExpandQueue implements Public<ExpandQueue> {
  /** Requests whose sources are to be read. */
  readonly requests: string[] = [];
  /** After how many seconds each failed message comes again. */
  readonly pauses: number[] = [];

  async expand(reqId: string) {
    this.requests.push(reqId);
  }
  async again(_receipt: string, seconds: number) {
    this.pauses.push(seconds);
  }
}
