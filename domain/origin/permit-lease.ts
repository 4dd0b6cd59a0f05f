import { setMaxListeners } from "node:events";
import { CALL_INTERVAL_MS, CALL_TIMEOUT_MS, type LimiterContext, PacedCalls } from "./paced-calls.ts";

/** Others reclaim the permits of a process without a heartbeat for LEASE_MS, unless the request has another timeout. It stops after a share of it. */
const LEASE_MS = 60_000;
/** However short `stallSeconds` makes heartbeats: a process that is only slow keeps its permits. */
const MIN_LEASE_MS = 20_000;
const LOST_SHARE = 0.75;
/** How often one of all processes searches for leases of others that have expired. */
const SEARCH_INTERVAL_MS = 10_000;
const DRAIN_ATTEMPTS = 5;
/** The bound of the back-off of a process that gets no permits. */
const MAX_BACKOFF_MS = 3_000;

/** Other processes may use the permits of this process: it had no heartbeat for too long. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
  readonly code = "LEASE_LOST";
  constructor() {
    super("The lease of the origin's permits has expired");
  }
}

/** The permits that this process leases of one request's limit on concurrency. */
export class PermitLease {
  /** Those that this process certainly holds. */
  private permits = 0;
  /** Those of this process in the store; undefined: a call may have changed them. */
  private stored: number | undefined = 0;
  private inUse = 0;
  private lost = newSignal();
  private readonly calls: PacedCalls;
  private readonly leaseMs: number;

  /**
   * @param limit requests in progress of all processes
   * @param wanted how many permits this process could use now
   */
  constructor(
    private readonly context: LimiterContext,
    private readonly limit: number,
    private readonly wanted: () => number,
  ) {
    this.leaseMs = Math.max(MIN_LEASE_MS, context.heartbeatTimeoutMs ?? LEASE_MS);
    this.calls = new PacedCalls(context);
  }

  /** Permits that are not in use. */
  get free(): number {
    return this.permits - this.inUse;
  }

  /** The permits of this process; at least 1, as a divisor. */
  get size(): number {
    return Math.max(1, this.permits);
  }

  get isIdle(): boolean {
    return this.calls.isIdle && this.stored === 0 && this.inUse === 0;
  }

  hasHeartbeat(now: number): boolean {
    const { heartbeatAt, id } = this.context;
    return heartbeatAt === undefined || now - heartbeatAt(id) < LOST_SHARE * this.leaseMs;
  }

  /** Uses a permit. @returns the signal that is aborted when this process loses its lease */
  use(): AbortSignal {
    this.inUse++;
    return this.lost.signal;
  }

  /** @param lost as {@link use} returned it */
  release(lost: AbortSignal): void {
    if (!lost.aborted) this.inUse--;
  }

  /** Leases or gives back permits, if a call is due. */
  update(now: number): void {
    if (!this.hasHeartbeat(now) && this.permits > 0) this.lose();
    if (this.stored !== this.target(now)) this.calls.run(now, () => this.exchange());
  }

  /** Gives back the permits that are not in use: some attempts. Nothing may be wanted any more. */
  async drain(): Promise<void> {
    const { now } = this.context;
    await this.calls.ended;
    for (let attempt = 0; attempt < DRAIN_ATTEMPTS && this.stored !== this.target(now()); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.ceil(this.calls.nextCallAt - now()))));
      this.update(now());
      await this.calls.ended;
    }
  }

  /** How many permits this process should have. Without a heartbeat, it gives back what it does not use any more. */
  private target(now: number): number {
    const wanted = this.hasHeartbeat(now) ? this.wanted() : 0;
    return Math.min(this.limit, Math.max(this.inUse, wanted));
  }

  private async exchange(): Promise<void> {
    const { limit } = this;
    const { id, store, now, onFree } = this.context;
    // What a late response grants may have been reclaimed since: it is read again.
    let sentAt = now();
    const isLate = () => now() - sentAt > CALL_TIMEOUT_MS;
    const { held, own, searchedAt } = await store.permits(id);
    if (isLate()) return;
    this.stored = own;
    if (own < this.permits) return this.lose();
    const wanted = this.target(now());
    const to = Math.min(wanted, own + Math.max(0, limit - held));
    if (held < limit) onFree();
    if (to === own) {
      this.permits = own;
      if (wanted <= to) return this.calls.succeeded();
      return (await this.reclaim(searchedAt)) ? undefined : this.backOff();
    }
    // Until the response arrives, the smaller number is certain.
    this.permits = Math.min(own, Math.max(to, this.inUse));
    sentAt = now();
    this.stored = undefined;
    this.calls.nextCallAt = sentAt + CALL_INTERVAL_MS;
    if (!(await store.exchange(id, { from: own, to, limit }))) return this.backOff();
    if (isLate()) return;
    this.permits = to;
    this.stored = to;
    this.calls.succeeded();
  }

  private backOff(): void {
    this.calls.failed({ freeAt: 0, mostMs: MAX_BACKOFF_MS });
  }

  /** Takes back the permits of processes that have ended without giving them back. @returns whether there were any */
  private async reclaim(searchedAt: number): Promise<boolean> {
    const now = this.context.now();
    if (now - searchedAt < SEARCH_INTERVAL_MS) return false;
    this.calls.nextCallAt = now + CALL_INTERVAL_MS;
    const search = { now, searchedAt, expiredBefore: now - this.leaseMs };
    return (await this.context.store.reclaim(this.context.id, search)) > 0;
  }

  private lose(): void {
    this.stored = undefined;
    this.permits = 0;
    this.inUse = 0;
    this.lost.abort(new LeaseLostError());
    this.lost = newSignal();
  }
}

/** Many requests listen to its signal. */
function newSignal(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
