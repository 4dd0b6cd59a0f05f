import { inTime } from "../retry.ts";
import type { PermitStore } from "./permit-store.ts";

/** At most one call of the store per limit, process and this time. */
export const CALL_INTERVAL_MS = 1_000;
/** A response of the store that is later is ignored: what it grants is lost for a while, and never used twice. */
export const CALL_TIMEOUT_MS = 2_000;
/** The bound of the back-off while the store fails. */
const MAX_RETRY_MS = 5_000;

/** What all parts of a limiter share. */
export interface LimiterContext {
  readonly store: PermitStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  /** A call has ended: what is free may have changed. */
  readonly onChange: () => void;
  /** A call has found that all processes together do not use the limit. */
  readonly onFree: () => void;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Serializes the calls for one limit: one at a time, one per second at most, with exponential back-off and jitter after failures. */
export class PacedCalls {
  /** The time of the next call. */
  at = 0;
  /** The time of the next call after one that failed or found nothing free; 0 after a success. */
  blockedUntil = 0;
  private waitMs = CALL_INTERVAL_MS;
  private isRunning = false;
  /** Fulfilled when the last call has ended. */
  ended: Promise<void> = Promise.resolve();
  private readonly open = new Set<Promise<unknown>>();

  constructor(private readonly context: LimiterContext) {}

  get isIdle(): boolean {
    return !this.isRunning;
  }

  /** Runs a call if it is due. The next one does not start before all that this one has sent has ended, also what came too late. */
  run(now: number, call: () => Promise<void>): void {
    if (this.isRunning || now < this.at) return;
    this.isRunning = true;
    this.at = now + CALL_INTERVAL_MS;
    this.ended = this.finish(call);
  }

  private async finish(call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.failed({ freeAt: 0, mostMs: MAX_RETRY_MS });
      this.context.onError?.(error);
    }
    await Promise.allSettled(this.open);
    this.isRunning = false;
    this.context.onChange();
  }

  /** @throws TooLateError; what the call throws */
  async inTime<T>(sent: Promise<T>): Promise<T> {
    this.open.add(sent);
    void sent.then(
      () => this.open.delete(sent),
      () => this.open.delete(sent),
    );
    return inTime(CALL_TIMEOUT_MS, sent);
  }

  succeeded(): void {
    this.waitMs = CALL_INTERVAL_MS;
    this.blockedUntil = 0;
  }

  /** @param freeAt when the call may find something. @param mostMs the bound of the back-off */
  failed({ freeAt, mostMs }: { readonly freeAt: number; readonly mostMs: number }): void {
    const { now, random } = this.context;
    this.at = Math.max(this.at, freeAt, now()) + this.waitMs * random();
    this.blockedUntil = this.at;
    this.waitMs = Math.min(mostMs, this.waitMs * 2);
  }
}
