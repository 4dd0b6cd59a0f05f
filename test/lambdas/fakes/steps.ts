import type { StepQueue } from "../../../aws/step-queue.ts";
import type { Public } from "./public.ts";

export class FakeSteps implements Public<StepQueue> {
  /** Looks that were sent: the request, and after how many seconds. */
  readonly looks: (readonly [reqId: string, delaySeconds: number])[] = [];
  /** Messages that failed: the receipt, and after how many seconds it comes again. */
  readonly pauses: (readonly [receipt: string, seconds: number])[] = [];

  /** The requests to be looked at. */
  get requests(): string[] {
    return this.looks.map(([reqId]) => reqId);
  }

  async look(reqId: string, delaySeconds = 0) {
    this.looks.push([reqId, delaySeconds]);
  }
  async again(receipt: string, seconds: number) {
    this.pauses.push([receipt, seconds]);
  }
}
