import type { Patience } from "../../domain/request/patience.ts";

/** How much more is to come than may be asked: it comes by chance, and what waits here bridges the gaps. */
const PLENTY = 1.5;
/** The same where most of those who receive it pass it on. */
export const PLENTY_TO_PASS_ON = 3;
/** SQS counts whole seconds. */
export const LEAST_MS = 1_000;

/**
 * After how long what was put off is to come back. Of what a process is offered it asks for a part and puts off the rest.
 * If the rest comes back too late, turns go unused; too soon, and every message is received again and again. So the
 * time is such that some times as much comes as may be asked. It grows with what is left of a request, and shrinks with it.
 */
export class ComeBack {
  private offered = 0;
  /** What came at the same moment. */
  private atOnce = { at: 0, tasks: 0 };
  private since: number;

  /**
   * @param now milliseconds since the epoch
   * @param ms the first mean
   * @param plenty how many times as much is to come as may be asked
   */
  constructor(
    private readonly patience: Patience,
    now: number,
    private ms = patience.beatMs,
    private readonly plenty = PLENTY,
  ) {
    this.since = now;
  }

  /** Another task has come. @param room how many could wait here at most: what comes beyond, at the same moment, is no help */
  offer(now: number, room: number): void {
    if (this.atOnce.at !== now) this.atOnce = { at: now, tasks: 0 };
    if (this.atOnce.tasks++ < room) this.offered++;
  }

  /** @param mayAsk requests a second that this process may send */
  meanMs(now: number, mayAsk: number): number {
    const { beatMs, staleMs } = this.patience;
    const passed = now - this.since;
    if (passed >= beatMs / 2) {
      const factor = (this.offered * 1_000) / passed / (this.plenty * Math.max(mayAsk, 0.01));
      this.ms = between(LEAST_MS, this.ms * between(0.5, factor, 2), staleMs);
      this.offered = 0;
      this.since = now;
    }
    return this.ms;
  }
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
