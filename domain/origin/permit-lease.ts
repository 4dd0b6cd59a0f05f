import { setTimeout as sleep } from "node:timers/promises";
import type { PermitStore } from "./permit-store.ts";

/** At most one call of a kind per process and this time. */
export const CALL_INTERVAL_MS = 1_000;
/** A response of the store that is later is ignored: slots and permits that it grants are lost for a while, and never used twice. */
const CALL_TIMEOUT_MS = 2_000;
/** The bound of the back-off while the store fails, or all permits are leased. */
const MAX_RETRY_MS = 5_000;
const MAX_REFUSED_MS = 3_000;
/** Others reclaim the permits of a process without a heartbeat for LEASE_MS. It stops after this share of it. */
const LEASE_MS = 60_000;
const LOST_SHARE = 0.75;
const RECLAIM_INTERVAL_MS = 10_000;

/** Other processes may use the permits of this process: it had no heartbeat for too long. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
  readonly code = "LEASE_LOST";
  constructor() {
    super("The lease of the origin's permits has expired");
  }
}

export interface PermitLeaseOptions {
  readonly id: string;
  /** @default there is none: all requests may start */
  readonly limit: number | undefined;
  readonly store: PermitStore;
  readonly heartbeatAt: (() => number) | undefined;
  readonly leaseMs: number | undefined;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * The permits of this process under a request's limit of concurrency: a semaphore whose permits are leased. The lease lasts as long as the process
 * has heartbeats (https://en.wikipedia.org/wiki/Lease_(computer_science)).
 */
export class PermitLease {
  readonly pacer: CallPacer;
  permits = 0;
  inUse = 0;
  private reclaimAt = 0;
  private controller = new AbortController();

  constructor(private readonly options: PermitLeaseOptions) {
    this.pacer = new CallPacer(options.now, options.random);
  }

  /** Permits that are not in use. */
  get free(): number {
    return this.options.limit === undefined ? Number.POSITIVE_INFINITY : this.permits - this.inUse;
  }

  get isInUse(): boolean {
    return this.options.limit !== undefined && this.inUse > 0;
  }

  get isIdle(): boolean {
    return this.inUse === 0 && this.permits === 0;
  }

  /** Aborted when this process loses its permits. */
  get lost(): AbortSignal {
    return this.controller.signal;
  }

  use(): void {
    this.inUse++;
  }

  /** @param lost {@link lost} when the permit was granted */
  release(lost: AbortSignal): void {
    if (!lost.aborted) this.inUse--;
  }

  hasHeartbeat(now: number): boolean {
    const { limit, heartbeatAt, leaseMs = LEASE_MS } = this.options;
    return limit === undefined || heartbeatAt === undefined || now - heartbeatAt() < LOST_SHARE * leaseMs;
  }

  /** Loses the permits if there was no heartbeat for too long. */
  check(now: number): void {
    if (this.inUse > 0 && !this.hasHeartbeat(now)) this.lose();
  }

  /** Whether the lease should change. @param demand how many more permits could be used */
  isChanging(demand: number): boolean {
    return this.wanted(demand) !== this.permits;
  }

  /** Changes the number of leased permits, as far as the limit allows it. @throws what the store throws */
  async exchange(demand: () => number): Promise<void> {
    const { store, id, limit = 0 } = this.options;
    const { held, own } = await inTime(store.permits(id));
    if (own < this.permits) return this.lose();
    const wanted = this.wanted(demand());
    const to = Math.min(wanted, own + Math.max(0, limit - held));
    if (to === own) {
      this.permits = own;
      if (wanted <= to) return;
      await this.reclaim();
      return this.pacer.failed({ most: MAX_REFUSED_MS });
    }
    // Until the response arrives, the smaller number is certain.
    this.permits = Math.min(own, Math.max(to, this.inUse));
    this.pacer.at = this.options.now() + CALL_INTERVAL_MS;
    const { done } = await inTime(store.exchange(id, { from: own, to, limit }));
    if (!done) return this.pacer.failed({ most: MAX_REFUSED_MS });
    this.permits = to;
    this.pacer.succeeded();
  }

  /** Gives back the permits that are not in use. @throws what the store throws */
  async drain(): Promise<void> {
    await sleep(Math.max(0, this.pacer.at - this.options.now()));
    if (this.permits > this.inUse) await this.exchange(() => 0);
  }

  private wanted(demand: number): number {
    const { limit, now } = this.options;
    if (limit === undefined) return this.permits;
    // A process may give permits back without a heartbeat.
    if (!this.hasHeartbeat(now())) return Math.min(this.permits, this.inUse);
    return Math.min(limit, this.inUse + demand);
  }

  /** Takes back the permits of one process that has ended without giving them back. */
  private async reclaim(): Promise<void> {
    const { store, id, leaseMs = LEASE_MS, now, random } = this.options;
    if (now() < this.reclaimAt) return;
    const [lease, next] = await inTime(store.expiredLeases(id, now() - leaseMs));
    if (next === undefined) this.reclaimAt = now() + RECLAIM_INTERVAL_MS * (0.5 + random());
    if (lease === undefined) return;
    this.pacer.at = now() + CALL_INTERVAL_MS;
    await inTime(store.reclaim(id, lease));
  }

  /** Others may use the permits of this process. */
  private lose(): void {
    this.permits = 0;
    this.inUse = 0;
    this.controller.abort(new LeaseLostError());
    this.controller = new AbortController();
  }
}

/** Lets one call of the store at a time start, at most one in CALL_INTERVAL_MS, and fewer while they fail (exponential back-off with jitter). */
export class CallPacer {
  /** The time of the next call. */
  at = 0;
  /** The same, if the last call found nothing free. */
  blockedUntil = 0;
  private waitMs = CALL_INTERVAL_MS;
  private isRunning = false;

  constructor(
    private readonly now: () => number,
    private readonly random: () => number,
  ) {}

  begin(now: number): boolean {
    if (this.isRunning || now < this.at) return false;
    this.isRunning = true;
    this.at = now + CALL_INTERVAL_MS;
    return true;
  }

  end(): void {
    this.isRunning = false;
  }

  succeeded(): void {
    this.waitMs = CALL_INTERVAL_MS;
    this.blockedUntil = 0;
  }

  /** @param freeAt when something may be free. @param most the bound of the back-off, in milliseconds */
  failed({ freeAt = 0, most = MAX_RETRY_MS }: { readonly freeAt?: number; readonly most?: number } = {}): void {
    this.at = Math.max(this.at, freeAt, this.now()) + this.waitMs * this.random();
    this.blockedUntil = this.at;
    this.waitMs = Math.min(most, this.waitMs * 2);
  }
}

/** @throws if the call takes longer than CALL_TIMEOUT_MS; what the call throws */
export async function inTime<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No response within ${CALL_TIMEOUT_MS} ms`)), CALL_TIMEOUT_MS);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
