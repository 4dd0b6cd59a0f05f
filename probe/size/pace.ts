import { setTimeout as sleep } from "node:timers/promises";
import { BackOff } from "../../domain/origin/back-off.ts";
import { isOverload } from "../../domain/origin/refusal.ts";
import { retryAfterMs } from "../../domain/origin/retry-after.ts";
import { nextTurn, turnAt } from "../../domain/origin/turns.ts";
import { KEPT_ERROR_SECONDS } from "../../domain/request/limits.ts";
import type { OriginLimits } from "../../domain/request/origin-limits.ts";

/** What an origin is asked at once at most: behind an edge that has nothing yet, every question reaches it. */
const IN_PARALLEL = 64;

/** How fast sizes are asked for: within the limits of the request, and slower once the origin refuses. */
export class Pace {
  private readonly backOff = new BackOff();
  private last = -1;
  /** Those that wait, one behind the other. */
  private line: Promise<void> = Promise.resolve();

  /** @param keptErrorMs after how long a kept error may be gone */
  constructor(
    private readonly limits: OriginLimits = {},
    private readonly keptErrorMs = KEPT_ERROR_SECONDS * 1_000,
  ) {}

  /** How many questions may be under way. */
  get inParallel(): number {
    return Math.min(IN_PARALLEL, this.limits.concurrency ?? IN_PARALLEL);
  }

  /** Resolves when the next question may be sent. @throws AbortError */
  turn(signal: AbortSignal): Promise<void> {
    const turn = this.line.then(() => this.wait(signal));
    this.line = turn.catch(() => undefined);
    return turn;
  }

  /**
   * An answer has come.
   * @param sentAt milliseconds since the epoch
   * @returns for how long the same question is not worth asking again, in milliseconds; undefined: it can be asked at once
   */
  saw(status: number, retryAfter: string | undefined, sentAt: number): number | undefined {
    const now = Date.now();
    if (!isOverload(status)) {
      if (status < 500) this.backOff.good(sentAt);
      return undefined;
    }
    const wanted = retryAfterMs(retryAfter, now);
    this.backOff.refused(sentAt, now, wanted);
    return Math.max(this.keptErrorMs, wanted ?? 0);
  }

  private async wait(signal: AbortSignal): Promise<void> {
    for (;;) {
      const now = Date.now();
      const at = this.nextAt(now);
      if (at <= now) break;
      await sleep(at - now, undefined, { signal });
    }
    signal.throwIfAborted();
    const { requests_per_second: perSecond } = this.limits;
    if (perSecond !== undefined) this.last = nextTurn(Date.now(), this.last, perSecond);
    this.backOff.take(Date.now());
  }

  private nextAt(now: number): number {
    const { requests_per_second: perSecond } = this.limits;
    const turn = perSecond === undefined ? now : turnAt(nextTurn(now, this.last, perSecond), perSecond);
    return Math.max(turn, this.backOff.nextAt(now));
  }
}
