import { setTimeout as sleep } from "node:timers/promises";
import type { OriginLimits } from "../request/origin-limits.ts";
import type { AdaptiveRate } from "./adaptive-rate.ts";
import { horizonMs, maxSlots, reservation, reservedPerSecond, resetOf, SLOT_TOLERANCE_MS, spacingMs } from "./gcra.ts";
import type { PermitStore } from "./permit-store.ts";

/** At most one reservation, and one transaction, per process and this time. */
const CALL_INTERVAL_MS = 1_000;
/** A response of the store that is later is ignored: slots and permits that it grants are lost for a while, and never used twice. */
const CALL_TIMEOUT_MS = 2_000;
/** Work that would wait longer returns to the queue. */
const MAX_WAIT_MS = 3_000;
/** Deferred work returns after this share of the time for which the limits have been exhausted: so several times as much comes back as may start. */
const DEFER_SHARE = 0.15;
const MIN_DEFER_MS = 1_500;
const MAX_DEFER_MS = 300_000;
/** The bound of the exponential back-off of a process that finds no free slot, in milliseconds and in slots. It costs reads, not writes. */
const MAX_BACKOFF_MS = 10_000;
const MAX_BACKOFF_SLOTS = 10;
/** Others reclaim the permits of a process without a heartbeat for LEASE_MS. It stops after this share of it. */
const LEASE_MS = 60_000;
const LOST_SHARE = 0.75;
const RECLAIM_INTERVAL_MS = 10_000;
/** A connection is opened before its slot: by so many times as long as the connections of late took, at most MAX_CONNECT_MS. */
const CONNECT_MARGIN = 1.5;
const MAX_CONNECT_MS = 1_000;
/** How often a process without a heartbeat looks for one. */
const HEARTBEAT_POLL_MS = 100;
/** The bound of the back-off while the store fails. */
const MAX_RETRY_MS = 5_000;
/** How long a request is expected to take before any has ended, and the weight of the last one in the mean. */
const EXPECTED_MS = 1_000;
const LAST_WEIGHT = 0.1;

/** The work cannot start now: it returns to the queue for this time. */
export class DeferredError extends Error {
  override readonly name = "DeferredError";
  readonly code = "DEFERRED";
  /**
   * @param attempts requests for it that failed before
   * @param startedAt when the first of all attempts started, in milliseconds since the epoch. @default there was none
   */
  constructor(
    readonly delayMs: number,
    readonly attempts = 0,
    readonly startedAt?: number,
  ) {
    super(`Deferred for ${Math.round(delayMs)} ms by the limits of the origin`);
  }
}

/** Other processes may use the permits of this process: it had no heartbeat for too long. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
  readonly code = "LEASE_LOST";
  constructor() {
    super("The lease of the origin's permits has expired");
  }
}

/** The right to open a connection, to send requests in the slots of {@link slot}, and to have them in progress until {@link release}. */
export interface Permit {
  /** Aborted when this process has lost its lease: the request must end at once. */
  readonly lost: AbortSignal;
  /** Waits for the slot of a request: call it when the connection is open, and send the request at once. @throws DeferredError; what the signal was aborted with */
  slot(signal: AbortSignal): Promise<void>;
  release(): void;
}

export interface AcquireOptions {
  /** Of the host that receives the request. */
  readonly rate: AdaptiveRate;
  readonly signal: AbortSignal;
  /** Whether the work can return to the queue. @default false */
  readonly isDeferrable?: boolean;
  /** Whether the work is in progress: it goes first, and is deferred only while the host pauses all requests. @default false */
  readonly isContinuation?: boolean;
  /** Whether the requests count for the rate. @default true */
  readonly needsSlot?: boolean;
}

export interface OriginLimiterOptions {
  /** The request that has the limits, or the host, if it has none. */
  readonly id: string;
  readonly limits: OriginLimits;
  readonly store: PermitStore;
  /** When the last heartbeat that was written successfully was sent. @default no lease expires */
  readonly heartbeatAt?: () => number;
  /** How long a process without a heartbeat keeps its permits: several intervals of heartbeats. @default 60 s */
  readonly leaseMs?: number | undefined;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly random?: () => number;
}

/** The work for one host. */
interface Host {
  readonly rate: AdaptiveRate;
  /** The lower of the request's limit and the rate that the host accepts; Infinity: no slots are needed. */
  perSecond: number;
  /** The times of the reserved slots. */
  slots: number[];
  /** Slots that must not be used. */
  debt: number;
  /** Permits whose first request is not sent. */
  unsent: number;
}

interface Waiter extends Required<Omit<AcquireOptions, "rate" | "signal">> {
  readonly host: Host;
  /** Undefined: it waits for a permit. */
  readonly permit: { isUnsent: boolean } | undefined;
  readonly since: number;
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Keeps the requests of all processes to one request's origin within its limits (rate: GCRA reservations; concurrency: leased permits) and
 * within the rate that each host accepts. One for each request in a process.
 */
export class OriginLimiter {
  private waiters: Waiter[] = [];
  private readonly hosts = new Map<AdaptiveRate, Host>();
  private isClosed: Error | undefined;
  private tat: number | undefined;
  private implausibleTat: number | undefined;
  private readonly reserving = new CallPacer();
  private readonly exchanging = new CallPacer();
  private permits = 0;
  private inUse = 0;
  private reclaimAt = 0;
  private meanMs = EXPECTED_MS;
  /** How long it takes from a permit until the connection is open. */
  private connectMs = 0;
  /** Since when work is deferred. */
  private busySince = Number.POSITIVE_INFINITY;
  private lease = new AbortController();
  private isRunDue = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly limit: number | undefined;

  constructor(private readonly options: OriginLimiterOptions) {
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    this.limit = options.limits.concurrency;
  }

  /** Waits for a permit. @throws DeferredError; what the signal was aborted with */
  async acquire(options: AcquireOptions): Promise<Permit> {
    await this.wait(options);
    const { rate, needsSlot = true } = options;
    const host = this.hostOf(rate);
    const since = this.now();
    const lost = this.lease.signal;
    const permit = { isUnsent: needsSlot };
    let isReleased = false;
    return {
      lost,
      slot: async (signal) => {
        if (permit.isUnsent) this.connectMs += (this.now() - since - this.connectMs) * LAST_WEIGHT;
        await this.wait({ rate, signal, isContinuation: true }, permit);
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.meanMs += (this.now() - since - this.meanMs) * LAST_WEIGHT;
        if (!lost.aborted) this.inUse--;
        sent(host, permit);
        this.runSoon();
      },
    };
  }

  /** A request has reached a host without a slot: one slot is not used. */
  addDebt(rate: AdaptiveRate): void {
    const host = this.hostOf(rate);
    if (host.slots.shift() === undefined) host.debt++;
    this.runSoon();
  }

  /** Whether nothing waits and nothing is in progress. */
  get isIdle(): boolean {
    return this.waiters.length + this.inUse + this.permits === 0 && [...this.hosts.values()].every((it) => !it.debt);
  }

  /** Ends all waiting. */
  close(reason: Error): void {
    this.isClosed = reason;
    for (const { fail } of this.waiters.splice(0)) fail(reason);
    this.hosts.clear();
  }

  /** Gives back the permits that are not in use: call it when all requests have ended. @throws what the store throws */
  async drain(): Promise<void> {
    clearTimeout(this.timer);
    await sleep(Math.max(0, this.exchanging.at - this.now()));
    if (this.permits > this.inUse) await this.exchange();
  }

  private async wait(options: AcquireOptions, permit?: Waiter["permit"]): Promise<void> {
    const { signal, isDeferrable = false, isContinuation = false, needsSlot = true } = options;
    signal.throwIfAborted();
    if (this.isClosed !== undefined) throw this.isClosed;
    const host = this.hostOf(options.rate);
    return new Promise((resolve, reject) => {
      const end = () => signal.removeEventListener("abort", abort);
      const waiter: Waiter = {
        ...{ host, isDeferrable, isContinuation, needsSlot, permit, since: this.now() },
        start: () => {
          end();
          resolve();
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
      const place = isContinuation ? this.waiters.findIndex((it) => !it.isContinuation) : -1;
      this.waiters.splice(place === -1 ? this.waiters.length : place, 0, waiter);
      this.runSoon();
    });
  }

  private hostOf(rate: AdaptiveRate): Host {
    const host = this.hosts.get(rate) ?? { rate, perSecond: this.perSecond(rate), slots: [], debt: 0, unsent: 0 };
    this.hosts.set(rate, host);
    return host;
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
    const now = this.now();
    if (this.inUse > 0 && !this.hasHeartbeat(now)) this.loseLease();
    for (const host of this.hosts.values()) {
      host.perSecond = this.perSecond(host.rate);
      host.slots = host.slots.filter((at) => at + SLOT_TOLERANCE_MS > now);
    }
    this.waiters = this.waiters.filter((waiter) => !this.tryStart(waiter, now));
    if (this.isShort()) this.call(this.reserving, now, () => this.reserve());
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

  private tryStart({ host, needsSlot, permit, start }: Waiter, now: number): boolean {
    if (!this.hasHeartbeat(now) || (permit === undefined && this.freePermits() <= 0)) return false;
    if (needsSlot && now < host.rate.notBefore) return false;
    const usesSlot = needsSlot && isRateLimited(host);
    // A connection is opened so early that the request can be sent in the slot.
    const isDue =
      permit === undefined
        ? timeOf(host.slots[host.unsent]) <= now + Math.min(MAX_CONNECT_MS, CONNECT_MARGIN * this.connectMs)
        : timeOf(host.slots[0]) <= now;
    if (usesSlot && !isDue) return false;
    if (permit === undefined) {
      this.inUse++;
      if (needsSlot) host.unsent++;
    } else {
      if (usesSlot) host.slots.shift();
      sent(host, permit);
    }
    start();
    return true;
  }

  private perSecond(rate: AdaptiveRate): number {
    const { requests_per_second: limit } = this.options.limits;
    return Math.min(limit === undefined ? Number.POSITIVE_INFINITY : reservedPerSecond(limit), rate.perSecond());
  }

  private freePermits(): number {
    return this.limit === undefined ? Number.POSITIVE_INFINITY : this.permits - this.inUse;
  }

  private isShort(): boolean {
    return [...this.hosts.values()].some((host) => this.missingSlots(host) > 0);
  }

  /** How many more slots the work for a host could use within a second. @param which of its work */
  private missingSlots(host: Host, which: (waiter: Waiter) => boolean = () => true): number {
    if (!isRateLimited(host)) return 0;
    const waiting = this.waiters.filter((it) => it.host === host && it.needsSlot && which(it));
    const repeated = waiting.filter(({ permit }) => permit?.isUnsent === false).length;
    const starting = waiting.filter(({ permit }) => permit === undefined).length;
    return Math.min(starting, this.startsPerSecond()) + repeated + host.unsent - host.slots.length + host.debt;
  }

  /** How many requests the permits of this process let start in a second. */
  private startsPerSecond(): number {
    if (this.limit === undefined) return Number.POSITIVE_INFINITY;
    return Math.ceil(Math.max(this.freePermits(), (this.permits * 1_000) / this.meanMs));
  }

  private async reserve(): Promise<void> {
    const { store, id } = this.options;
    const rates = [...this.hosts.keys()].map((rate) => rate.refresh());
    const [observed] = await inTime(Promise.all([store.tat(id), ...rates]));
    this.tat = observed;
    const now = this.now();
    // Deferrable work reserves no slots that are far away.
    const isFar = (observed ?? 0) >= now + MAX_WAIT_MS;
    const wanted = [...this.hosts.values()].flatMap((host) => {
      host.perSecond = this.perSecond(host.rate);
      const missing = this.missingSlots(host, (waiter) => !isFar || !waiter.isDeferrable);
      const slots = Math.min(maxSlots(host.perSecond), missing);
      return isRateLimited(host) && this.missingSlots(host) > 0
        ? [{ host, slots, spacing: spacingMs(host.perSecond) }]
        : [];
    });
    if (wanted.length === 0) return;
    const granted = wanted.filter(({ slots }) => slots > 0);
    const spacing = Math.max(...wanted.map((it) => it.spacing));
    const horizon = isFar ? horizonMs(spacing) : MAX_WAIT_MS;
    const by = granted.reduce((sum, it) => sum + it.slots * it.spacing, 0);
    const longestMs =
      horizonMs(spacing) + wanted.reduce((sum, { host, spacing: ms }) => sum + maxSlots(host.perSecond) * ms, 0);
    const update =
      this.resetUpdate(observed, now, longestMs) ??
      (granted.length > 0 ? reservation(observed, now, { by, horizon }) : undefined);
    if (update === undefined) return this.backOffReserving(now, horizon, spacing);
    this.reserving.at = now + CALL_INTERVAL_MS;
    const { done, tat } = await inTime(store.updateTat(id, update));
    this.tat = tat;
    if (!done || tat === undefined) return this.backOffReserving(now, horizon, spacing);
    this.reserving.succeeded();
    if (update.kind === "reset") return;
    if (update.kind === "set") this.busySince = Number.POSITIVE_INFINITY;
    let at = tat - by;
    for (const { host, slots, spacing: ms } of granted) {
      for (let n = 0; n < slots; n++, at += ms) {
        if (host.debt > 0) host.debt--;
        else host.slots.push(at);
      }
      host.slots.sort((a, b) => a - b);
    }
  }

  private resetUpdate(tat: number | undefined, now: number, longestMs: number) {
    if (tat === undefined) return undefined;
    const update = resetOf(tat, now, longestMs);
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
    if (this.limit === undefined) return this.permits;
    if (!this.hasHeartbeat(this.now())) return Math.min(this.permits, this.inUse);
    const waiting = this.waiters.filter(({ permit }) => permit === undefined).length;
    const perSecond = Math.max(0, ...[...this.hosts.values()].map((host) => host.perSecond));
    const usable = Math.ceil((perSecond * this.meanMs) / 1_000) + 1;
    return Math.min(this.limit, Math.max(this.inUse, Math.min(this.inUse + waiting, usable)));
  }

  private async exchange(): Promise<void> {
    const { store, id } = this.options;
    const limit = this.limit ?? 0;
    const { held, own } = await inTime(store.permits(id));
    if (own < this.permits) return this.loseLease();
    const wanted = this.wantedPermits();
    const to = Math.min(wanted, own + Math.max(0, limit - held));
    const retry = () => this.exchanging.failed(this.now(), { freeAt: 0, most: MAX_WAIT_MS, random: this.random });
    if (to === own) {
      this.permits = own;
      if (wanted <= to) return;
      await this.reclaim();
      return retry();
    }
    // Until the response arrives, the smaller number is certain.
    this.permits = Math.min(own, Math.max(to, this.inUse));
    this.exchanging.at = this.now() + CALL_INTERVAL_MS;
    const { done } = await inTime(store.exchange(id, { from: own, to, limit }));
    if (!done) return retry();
    this.permits = to;
    this.exchanging.succeeded();
  }

  /** Takes back the permits of one process that has ended without giving them back. */
  private async reclaim(): Promise<void> {
    const { store, id, leaseMs } = this.options;
    const now = this.now();
    if (now < this.reclaimAt) return;
    const [lease, next] = await inTime(store.expiredLeases(id, now - (leaseMs ?? LEASE_MS)));
    if (next === undefined) this.reclaimAt = now + RECLAIM_INTERVAL_MS * (0.5 + this.random());
    if (lease === undefined) return;
    this.exchanging.at = this.now() + CALL_INTERVAL_MS;
    await inTime(store.reclaim(id, lease));
  }

  private hasHeartbeat(now: number): boolean {
    const { heartbeatAt, leaseMs = LEASE_MS } = this.options;
    return this.limit === undefined || heartbeatAt === undefined || now - heartbeatAt() < LOST_SHARE * leaseMs;
  }

  /** Others may use the permits of this process. */
  private loseLease(): void {
    this.permits = 0;
    this.inUse = 0;
    this.lease.abort(new LeaseLostError());
    this.lease = new AbortController();
  }

  /** Defers the work whose slot or permit would come too late. What has a slot keeps it. */
  private deferLate(now: number): void {
    const slotAt = Math.max(now, this.tat ?? 0, this.reserving.blockedUntil);
    const free = this.freePermits();
    const startsPerMs = Math.max(this.permits, 1) / this.meanMs;
    const before = new Map<Host, number>();
    const waitOf = (waiter: Waiter, n: number): number => {
      const { host, isDeferrable, isContinuation, needsSlot, permit, since } = waiter;
      const place = before.get(host) ?? 0;
      if (needsSlot && permit?.isUnsent !== true) before.set(host, place + 1);
      const pause = (isDeferrable || isContinuation) && needsSlot ? host.rate.notBefore - now : 0;
      if (!isDeferrable) return pause;
      const ahead = place + host.unsent - host.slots.length;
      const slotWait = isRateLimited(host) && ahead >= 0 ? slotAt + ahead * spacingMs(host.perSecond) - now : 0;
      if (this.limit === undefined) return Math.max(pause, slotWait);
      return Math.max(pause, slotWait, free > 0 ? 0 : now - since, Math.max(0, n - free) / startsPerMs);
    };
    const late = new Set(this.waiters.filter((waiter, n) => waitOf(waiter, n) > MAX_WAIT_MS));
    if (late.size === 0) return;
    this.busySince = Math.min(this.busySince, now);
    this.waiters = this.waiters.filter((waiter) => !late.has(waiter));
    // The longer the limits are exhausted, the more work waits in the queue.
    const mean = Math.min(MAX_DEFER_MS, Math.max(MIN_DEFER_MS, (now - this.busySince) * DEFER_SHARE));
    for (const { host, fail } of late) {
      const least = Math.max(0, isRateLimited(host) ? slotAt - now - MAX_WAIT_MS : 0, host.rate.notBefore - now);
      fail(new DeferredError(least + mean * (0.5 + this.random())));
    }
  }

  private schedule(now: number): void {
    const times: number[] = [];
    for (const { host } of this.waiters) times.push(timeOf(host.slots[0]), host.rate.notBefore);
    if (this.isShort()) times.push(this.reserving.at);
    if (this.wantedPermits() !== this.permits) times.push(this.exchanging.at);
    if (this.waiters.length > 0) times.push(now + (this.hasHeartbeat(now) ? CALL_INTERVAL_MS : HEARTBEAT_POLL_MS));
    else if (this.limit !== undefined && this.inUse > 0) times.push(now + CALL_INTERVAL_MS);
    const next = Math.min(...times.filter((at) => at > now));
    if (next < Number.POSITIVE_INFINITY) this.timer = setTimeout(() => this.run(), Math.ceil(next - now));
  }
}

function timeOf(slot: number | undefined): number {
  return slot ?? Number.POSITIVE_INFINITY;
}

/** The first request under a permit is sent, or never will be. */
function sent(host: Host, permit: { isUnsent: boolean }): void {
  if (permit.isUnsent) host.unsent--;
  permit.isUnsent = false;
}

function isRateLimited({ perSecond }: Host): boolean {
  return perSecond !== Number.POSITIVE_INFINITY;
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
