import type { OriginLimits } from "../request/options.ts";
import { withTimeout } from "../retry.ts";
import type { PermitStore } from "./permit-store.ts";

/** At most one call of the store per limit, process and this time. */
export const CALL_INTERVAL_MS = 1_000;
/** A call that takes longer counts as failed until it has ended. */
export const CALL_TIMEOUT_MS = 2_000;
/** The bound of the back-off while the store fails. */
const MAX_RETRY_MS = 5_000;

/** What all limiters of a process have in common. */
export interface ProcessOptions {
  readonly store: PermitStore;
  /** Milliseconds since the epoch, by the clock that all processes share. */
  readonly now: () => number;
  /** When the last successful heartbeat of this process for a request was sent, by `now`; -Infinity: none was. @default leases do not expire */
  readonly heartbeatAt?: (reqId: string) => number;
  /** How long a process without a heartbeat keeps its permits: 20 s at least. @default 60 s */
  readonly heartbeatTimeoutMs?: number;
  readonly onError?: (error: unknown, id: string) => void;
  /** A host throttles: requests per second that it receives from now on. */
  readonly onCut?: (host: string, perSecond: number) => void;
}

export interface LimiterOptions extends ProcessOptions {
  /** The request that has the limits, or the host, if it has none. */
  readonly id: string;
  readonly limits: OriginLimits;
}

/** What all parts of a limiter share. */
export interface LimiterContext extends LimiterOptions {
  /** Reads the rates that hosts accept. */
  readonly refresh: () => Promise<unknown>;
  /** A call has ended: what is free may have changed. */
  readonly onChange: () => void;
  /** A call has found that all processes together do not use the limit. */
  readonly onFree: () => void;
}

/** Serializes the calls for one limit: one at a time, one per second at most, with exponential back-off and jitter after failures. */
export class PacedCalls {
  /** The time of the next call. */
  nextCallAt = 0;
  /** The time of the next call after one that failed or found nothing free; 0 after a success. */
  blockedUntil = 0;
  private waitMs = CALL_INTERVAL_MS;
  private isRunning = false;
  /** Resolves when the last call has ended. */
  ended: Promise<void> = Promise.resolve();

  constructor(private readonly context: LimiterContext) {}

  get isIdle(): boolean {
    return !this.isRunning;
  }

  /** Runs a call if it is due. */
  run(now: number, call: () => Promise<void>): void {
    if (this.isRunning || now < this.nextCallAt) return;
    this.isRunning = true;
    this.nextCallAt = now + CALL_INTERVAL_MS;
    this.ended = this.finish(call);
  }

  private async finish(call: () => Promise<void>): Promise<void> {
    const running = call();
    try {
      await withTimeout(CALL_TIMEOUT_MS, running);
    } catch (error) {
      this.failed({ freeAt: 0, mostMs: MAX_RETRY_MS });
      this.context.onError?.(error, this.context.id);
    }
    // No other call starts before.
    await running.catch(() => undefined);
    this.isRunning = false;
    this.context.onChange();
  }

  succeeded(): void {
    this.waitMs = CALL_INTERVAL_MS;
    this.blockedUntil = 0;
  }

  /** @param freeAt when the call may find something. @param mostMs the bound of the back-off */
  failed({ freeAt, mostMs }: { readonly freeAt: number; readonly mostMs: number }): void {
    this.nextCallAt = Math.max(this.nextCallAt, freeAt, this.context.now()) + this.waitMs * Math.random();
    this.blockedUntil = this.nextCallAt;
    this.waitMs = Math.min(mostMs, this.waitMs * 2);
  }
}
