import type { Sent } from "../../client/answers.ts";

/** A request whose settings fill the form of a new one. */
export interface Handover {
  readonly id: string;
  readonly sent: Sent;
  /** Whether it is to be sent as it is: the question before sending opens at once. */
  readonly asks: boolean;
}

let waiting: Handover | undefined;

/** Is taken by the view of a new request when it opens. */
export function handOver(handover: Handover): void {
  waiting = handover;
}

export function takeHandover(): Handover | undefined {
  const taken = waiting;
  waiting = undefined;
  return taken;
}
