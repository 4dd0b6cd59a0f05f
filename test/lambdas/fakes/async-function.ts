import type { AsyncFunction } from "../../../aws/async-function.ts";
import type { Public } from "./public.ts";

export class FakeAsyncFunction implements Public<AsyncFunction> {
  /** The requests that it was invoked for, in order. */
  readonly requests: string[] = [];

  async invoke(reqId: string) {
    this.requests.push(reqId);
  }
}
