import { setTimeout as sleep } from "node:timers/promises";
import type { OriginLimits } from "../request/origin-limits.ts";
import type { AdaptiveRate } from "./adaptive-rate.ts";
import {
  horizonMs,
  maxSlots,
  reservation,
  reservedPerSecond,
  resetOf,
  SLOT_TOLERANCE_MS,
  slotTimes,
  spacingMs,
} from "./gcra.ts";
import type { PermitStore } from "./permit-store.ts";

/** At most one reservation, and one transaction, per process and this time. */
const CALL_INTERVAL_MS = 1_000;
/** A response of the store that is later is ignored: slots and permits that it grants are lost for a while, and never used twice. */
const CALL_TIMEOUT_MS = 2_000;
/** Work that would wait longer returns to the queue. */
const MAX_WAIT_MS = 3_000;
/** Deferred work returns after this share of the time for which the limits have been exhausted: so several times as much comes back as may start. */
const DEFER_SHARE = 0.15;
const MIN_DEFER_MS = 3_000;
const MAX_DEFER_MS = 300_000;
/** The bound of the exponential back-off of a process that finds no free slot, in milliseconds and in slots. It costs reads, not writes. */
const MAX_BACKOFF_MS = 10_000;
const MAX_BACKOFF_SLOTS = 10;
/** Without a heartbeat for HEARTBEAT_LOST_MS, a process stops; others reclaim its permits after LEASE_EXPIRED_MS. */
const HEARTBEAT_LOST_MS = 45_000;
const LEASE_EXPIRED_MS = 60_000;
const RECLAIM_INTERVAL_MS = 10_000;
/** The bound of the back-off while the store fails. */
const MAX_RETRY_MS = 5_000;
/** How long a request is expected to take before any has ended, and the weight of the last one in the mean. */
const EXPECTED_MS = 1_000;
const LAST_WEIGHT = 0.1;

/** The work cannot start soon: it returns to the queue for this time. */
export class DeferredError extends Error {
  override readonly name = "DeferredError";
  readonly code = "DEFERRED";
  constructor(readonly delayMs: number) {
    super(`Deferred for ${Math.round(delayMs)} ms by the limits of the origin`);
  }
}

/** The right to send one request now, and to have it in progress until {@link release}. */
export interface Permit {
  /** The request must be sent before; afterwards, call {@link renew}. */
  readonly expiresAt: number;
  /** Aborted when this process has lost its lease: the request must end at once. */
  readonly lost: AbortSignal;
  /** Waits for the slot of another request under this permit. @throws DeferredError; what the signal was aborted with */
  renew(signal: AbortSignal): Promise<void>;
  release(): void;
}

export interface AcquireOptions {
  readonly signal: AbortSignal;
  /** Whether the work can return to the queue. */
  readonly isDeferrable: boolean;
}

export interface OriginLimiterOptions {
  readonly reqId: string;
  readonly limits: OriginLimits;
  readonly store: PermitStore;
  readonly rate: AdaptiveRate;
  /** When the last heartbeat that was written successfully was sent. @default no lease expires */
  readonly heartbeatAt?: () => number;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly random?: () => number;
}

interface Waiter {
  readonly isDeferrable: boolean;
  readonly since: number;
  /** Whether it has a permit already. */
  readonly isRenewal: boolean;
  readonly start: (expiresAt: number) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Keeps the requests of all processes to one request's origin within its limits (rate: GCRA reservations; concurrency: leased permits) and
 * within the rate that the host accepts. One for each request and host in a process.
 */
export class OriginLimiter {
  private waiters: Waiter[] = [];
  private slots: number[] = [];
  private debt = 0;
  private isClosed: Error | undefined;
  private tat: number | undefined;
  private implausibleTat: number | undefined;
  private readonly reserving = new CallPacer();
  private readonly exchanging = new CallPacer();
  private permits = 0;
  private inUse = 0;
  private reclaimAt = 0;
  private meanMs = EXPECTED_MS;
  /** Since when work is deferred. */
  private busySince = Number.POSITIVE_INFINITY;
  private lease = new AbortController();
  private isRunDue = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(private readonly options: OriginLimiterOptions) {
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
  }

  /** Waits for a permit. @throws DeferredError; what the signal was aborted with */
  async acquire(options: AcquireOptions): Promise<Permit> {
    let expiresAt = await this.wait(options, false);
    const since = this.now();
    const lost = this.lease.signal;
    let isReleased = false;
    return {
      get expiresAt() {
        return expiresAt;
      },
      lost,
      renew: async (signal) => {
        expiresAt = await this.wait({ signal, isDeferrable: false }, true);
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.meanMs += (this.now() - since - this.meanMs) * LAST_WEIGHT;
        if (!lost.aborted) this.inUse--;
        this.runSoon();
      },
    };
  }

  /** A request has reached the origin without a slot: one slot is not used. */
  addDebt(): void {
    if (this.slots.shift() === undefined) this.debt++;
    this.run();
  }

  /** Whether nothing waits and nothing is in progress. */
  get isIdle(): boolean {
    return this.waiters.length === 0 && this.inUse === 0 && this.permits === 0 && this.debt === 0;
  }

  /** Ends all waiting. */
  close(reason: Error): void {
    this.isClosed = reason;
    for (const { fail } of this.waiters.splice(0)) fail(reason);
    this.slots = [];
  }

  /** Gives back the permits that are not in use: call it when all requests have ended. @throws what the store throws */
  async drain(): Promise<void> {
    clearTimeout(this.timer);
    await sleep(Math.max(0, this.exchanging.at - this.now()));
    if (this.permits > this.inUse) await this.exchange();
  }

  private async wait({ signal, isDeferrable }: AcquireOptions, isRenewal: boolean): Promise<number> {
    signal.throwIfAborted();
    if (this.isClosed !== undefined) throw this.isClosed;
    return new Promise((resolve, reject) => {
      const end = () => signal.removeEventListener("abort", abort);
      const waiter: Waiter = {
        ...{ isDeferrable, isRenewal, since: this.now() },
        start: (expiresAt) => {
          end();
          resolve(expiresAt);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const abort = () => {
        this.waiters = this.waiters.filter((it) => it !== waiter);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort);
      // Requests in progress hold permits: they go first.
      const place = isRenewal ? this.waiters.findIndex((it) => !it.isRenewal) : -1;
      this.waiters.splice(place === -1 ? this.waiters.length : place, 0, waiter);
      this.runSoon();
    });
  }

  /** The tasks of a message arrive together. */
  private runSoon(): void {
    if (this.isRunDue) return;
    this.isRunDue = true;
    queueMicrotask(() => {
      this.isRunDue = false;
      this.run();
    });
  }

  /** Starts what may start, defers what would wait too long, and calls the store when it is due. */
  private run(): void {
    clearTimeout(this.timer);
    this.checkLease();
    const now = this.now();
    this.slots = this.slots.filter((at) => at + SLOT_TOLERANCE_MS > now);
    while (this.canStart(now)) this.startFirst(now);
    if (this.missingSlots() > 0) this.call(this.reserving, now, () => this.reserve());
    if (this.wantedPermits() !== this.permits) this.call(this.exchanging, now, () => this.exchange());
    this.deferLate(now);
    this.schedule(now);
  }

  private call(pacer: CallPacer, now: number, call: () => Promise<void>): void {
    if (!pacer.begin(now)) return;
    call()
      .catch((error: unknown) => {
        pacer.failed(this.now(), { freeAt: 0, most: MAX_RETRY_MS, random: this.random });
        this.options.onError?.(error);
      })
      .finally(() => {
        pacer.end();
        this.run();
      });
  }

  private canStart(now: number): boolean {
    const [first] = this.waiters;
    if (first === undefined || now < this.options.rate.notBefore || !this.hasHeartbeat(now)) return false;
    if (this.isRateLimited && (this.slots[0] ?? Number.POSITIVE_INFINITY) > now) return false;
    return first.isRenewal || this.freePermits() > 0;
  }

  private startFirst(now: number): void {
    const slot = this.isRateLimited ? this.slots.shift() : undefined;
    const waiter = this.waiters.shift();
    if (waiter?.isRenewal === false) this.inUse++;
    waiter?.start(slot === undefined ? now + SLOT_TOLERANCE_MS : slot + SLOT_TOLERANCE_MS);
  }

  private get isRateLimited(): boolean {
    return this.perSecond() !== Number.POSITIVE_INFINITY;
  }

  /** The lower of the request's limit and the rate that the host accepts. */
  private perSecond(): number {
    const { requests_per_second: limit } = this.options.limits;
    return Math.min(
      limit === undefined ? Number.POSITIVE_INFINITY : reservedPerSecond(limit),
      this.options.rate.perSecond(),
    );
  }

  private freePermits(): number {
    return this.options.limits.concurrency === undefined ? Number.POSITIVE_INFINITY : this.permits - this.inUse;
  }

  private missingSlots(): number {
    if (!this.isRateLimited) return 0;
    return Math.min(this.waiters.length, this.startsPerSecond()) - this.slots.length + this.debt;
  }

  /** How many requests the permits of this process let start in a second. */
  private startsPerSecond(): number {
    if (this.options.limits.concurrency === undefined) return Number.POSITIVE_INFINITY;
    const renewals = this.waiters.filter(({ isRenewal }) => isRenewal).length;
    return Math.ceil(Math.max(this.freePermits(), (this.permits * 1_000) / this.meanMs)) + renewals;
  }

  private async reserve(): Promise<void> {
    const { store, reqId, rate } = this.options;
    const [observed] = await inTime(Promise.all([store.tat(reqId), rate.refresh()]));
    this.tat = observed;
    if (!this.isRateLimited) return;
    const perSecond = this.perSecond();
    const spacing = spacingMs(perSecond);
    const now = this.now();
    const missing = Math.min(maxSlots(perSecond), this.missingSlots());
    if (missing <= 0) return;
    const urgent = this.waiters.filter(({ isDeferrable }) => !isDeferrable).length + this.debt - this.slots.length;
    const isFar = (observed ?? 0) >= now + MAX_WAIT_MS;
    const slots = isFar ? Math.min(missing, urgent) : missing;
    const horizon = isFar ? horizonMs(spacing) : MAX_WAIT_MS;
    const update =
      this.resetUpdate(observed, now, spacing) ??
      (slots > 0 ? reservation(observed, now, { slots, spacing, horizon }) : undefined);
    if (update === undefined) return this.backOffReserving(now, horizon, spacing);
    this.reserving.at = now + CALL_INTERVAL_MS;
    const { done, tat } = await inTime(store.updateTat(reqId, update));
    this.tat = tat;
    if (!done || tat === undefined) return this.backOffReserving(now, horizon, spacing);
    this.reserving.succeeded();
    if (update.kind === "reset") return;
    if (update.kind === "set") this.busySince = Number.POSITIVE_INFINITY;
    const granted = slotTimes(tat, slots, spacing).slice(this.debt);
    this.debt = Math.max(0, this.debt - slots);
    this.slots = [...this.slots, ...granted].sort((a, b) => a - b);
  }

  private resetUpdate(tat: number | undefined, now: number, spacing: number) {
    if (tat === undefined) return undefined;
    const update = resetOf(tat, now, { slots: maxSlots(this.perSecond()), spacing });
    const isSecond = this.implausibleTat === tat;
    this.implausibleTat = update === undefined ? undefined : tat;
    return isSecond ? update : undefined;
  }

  private backOffReserving(now: number, horizon: number, spacing: number): void {
    const freeAt = (this.tat ?? now) - horizon;
    const most = Math.min(MAX_BACKOFF_MS, Math.max(CALL_INTERVAL_MS, MAX_BACKOFF_SLOTS * spacing));
    this.reserving.failed(now, { freeAt, most, random: this.random });
  }

  /** The permits that this process should lease now. */
  private wantedPermits(): number {
    const { concurrency } = this.options.limits;
    if (concurrency === undefined || !this.hasHeartbeat(this.now())) return this.permits;
    const waiting = this.waiters.filter(({ isRenewal }) => !isRenewal).length;
    const usable = Math.ceil((this.perSecond() * this.meanMs) / 1_000) + 1;
    return Math.min(concurrency, Math.max(this.inUse, Math.min(this.inUse + waiting, usable)));
  }

  private async exchange(): Promise<void> {
    const { store, reqId, limits } = this.options;
    const limit = limits.concurrency ?? 0;
    const { held, own } = await inTime(store.permits(reqId));
    if (own < this.permits) return this.loseLease();
    const wanted = this.wantedPermits();
    const to = Math.min(wanted, own + Math.max(0, limit - held));
    if (to === own) {
      this.permits = own;
      if (wanted > to) await this.reclaim();
      if (wanted > to) this.exchanging.failed(this.now(), { freeAt: 0, most: MAX_WAIT_MS, random: this.random });
      return;
    }
    // Until the response arrives, the smaller number is certain.
    this.permits = Math.min(own, Math.max(to, this.inUse));
    this.exchanging.at = this.now() + CALL_INTERVAL_MS;
    const { done } = await inTime(store.exchange(reqId, { from: own, to, limit }));
    if (done) this.permits = to;
    if (done) this.exchanging.succeeded();
    else this.exchanging.failed(this.now(), { freeAt: 0, most: MAX_WAIT_MS, random: this.random });
  }

  /** Takes back the permits of one process that has ended without giving them back. */
  private async reclaim(): Promise<void> {
    const { store, reqId } = this.options;
    const now = this.now();
    if (now < this.reclaimAt) return;
    const [lease, next] = await inTime(store.expiredLeases(reqId, now - LEASE_EXPIRED_MS));
    if (next === undefined) this.reclaimAt = now + RECLAIM_INTERVAL_MS * (0.5 + this.random());
    if (lease === undefined) return;
    this.exchanging.at = this.now() + CALL_INTERVAL_MS;
    await inTime(store.reclaim(reqId, lease));
  }

  private hasHeartbeat(now: number): boolean {
    const { limits, heartbeatAt } = this.options;
    return limits.concurrency === undefined || heartbeatAt === undefined || now - heartbeatAt() < HEARTBEAT_LOST_MS;
  }

  private checkLease(): void {
    if (this.inUse > 0 && !this.hasHeartbeat(this.now())) this.loseLease();
  }

  /** Others may use the permits of this process. */
  private loseLease(): void {
    this.permits = 0;
    this.inUse = 0;
    this.lease.abort(new Error("The lease of the origin's permits has expired"));
    this.lease = new AbortController();
  }

  /** Defers the work whose slot or permit would come too late. What has a slot keeps it. */
  private deferLate(now: number): void {
    const { rate, limits } = this.options;
    const spacing = this.isRateLimited ? spacingMs(this.perSecond()) : 0;
    const slotAt = Math.max(now, this.tat ?? 0, this.reserving.blockedUntil);
    const free = this.freePermits();
    const startsPerMs = Math.max(this.permits, 1) / this.meanMs;
    const waitOf = ({ isDeferrable, isRenewal, since }: Waiter, n: number): number => {
      const pause = isDeferrable || isRenewal ? rate.notBefore - now : 0;
      if (!isDeferrable) return pause;
      const slotWait =
        !this.isRateLimited || n < this.slots.length ? 0 : slotAt + (n - this.slots.length) * spacing - now;
      if (limits.concurrency === undefined) return Math.max(pause, slotWait);
      return Math.max(pause, slotWait, free > 0 ? 0 : now - since, Math.max(0, n - free) / startsPerMs);
    };
    const late = new Set(this.waiters.filter((waiter, n) => waitOf(waiter, n) > MAX_WAIT_MS));
    if (late.size === 0) return;
    this.busySince = Math.min(this.busySince, now);
    this.waiters = this.waiters.filter((waiter) => !late.has(waiter));
    // The longer the limits are exhausted, the more work waits in the queue.
    const mean = Math.min(MAX_DEFER_MS, Math.max(MIN_DEFER_MS, (now - this.busySince) * DEFER_SHARE));
    const least = Math.max(0, slotAt - now - MAX_WAIT_MS, rate.notBefore - now);
    for (const { fail } of late) fail(new DeferredError(least + mean * (0.5 + this.random())));
  }

  private schedule(now: number): void {
    const { limits, rate } = this.options;
    const times: number[] = [];
    if (this.waiters.length > 0) times.push(this.slots[0] ?? Number.POSITIVE_INFINITY, rate.notBefore);
    if (this.missingSlots() > 0) times.push(this.reserving.at);
    if (this.wantedPermits() !== this.permits) times.push(this.exchanging.at);
    if (this.waiters.length > 0 || (limits.concurrency !== undefined && this.inUse > 0))
      times.push(now + CALL_INTERVAL_MS);
    const next = Math.min(...times.filter((at) => at > now));
    if (next < Number.POSITIVE_INFINITY) this.timer = setTimeout(() => this.run(), Math.ceil(next - now));
  }
}

/** Lets one call at a time start, at most one in CALL_INTERVAL_MS, and fewer while they fail (exponential back-off with jitter). */
class CallPacer {
  /** The time of the next call. */
  at = 0;
  /** The same, if the last call found nothing free. */
  blockedUntil = 0;
  private waitMs = CALL_INTERVAL_MS;
  private isRunning = false;

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

  failed(now: number, { freeAt, most, random }: { freeAt: number; most: number; random: () => number }): void {
    this.at = Math.max(this.at, freeAt, now) + this.waitMs * random();
    this.blockedUntil = this.at;
    this.waitMs = Math.min(most, this.waitMs * 2);
  }
}

async function inTime<T>(call: Promise<T>): Promise<T> {
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
