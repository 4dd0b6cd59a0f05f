import type { OriginLimits } from "../request/origin-limits.ts";
import type { AdaptiveRate } from "./adaptive-rate.ts";
import { horizonMs, maxSlots, reservation, reservedPerSecond, resetOf, SLOT_TOLERANCE_MS, spacingMs } from "./gcra.ts";
import { CALL_INTERVAL_MS, CallPacer, inTime, PermitLease } from "./permit-lease.ts";
import type { PermitStore } from "./permit-store.ts";

/** Work that would wait longer returns to the queue. */
const MAX_WAIT_MS = 3_000;
/** Deferred work returns after this share of the time for which the limits have been exhausted: so several times as much comes back as may start. */
const DEFER_SHARE = 0.15;
const MIN_DEFER_MS = 1_500;
const MAX_DEFER_MS = 300_000;
/** The bound of the exponential back-off of a process that finds no free slot, in milliseconds and in slots. It costs reads, not writes. */
const MAX_BACKOFF_MS = 10_000;
const MAX_BACKOFF_SLOTS = 10;
/** A connection is opened before its slot: by as long as the slowest one of late took, at most MAX_CONNECT_MS. */
const CONNECT_DECAY = 0.95;
const MAX_CONNECT_MS = 1_000;
/** How often a process without a heartbeat looks for one. */
const HEARTBEAT_POLL_MS = 100;
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
  private readonly reserving: CallPacer;
  private readonly lease: PermitLease;
  private meanMs = EXPECTED_MS;
  /** How long it takes from a permit until the connection is open, at most. */
  private connectMs = 0;
  /** Since when work is deferred. */
  private busySince = Number.POSITIVE_INFINITY;
  private isRunDue = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(private readonly options: OriginLimiterOptions) {
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    this.reserving = new CallPacer(this.now, this.random);
    const { id, store, heartbeatAt, leaseMs } = options;
    const common = { id, store, heartbeatAt, leaseMs, now: this.now, random: this.random };
    this.lease = new PermitLease({ ...common, limit: options.limits.concurrency });
  }

  /** Waits for a permit. @throws DeferredError; what the signal was aborted with */
  async acquire(options: AcquireOptions): Promise<Permit> {
    await this.wait(options);
    const { rate, needsSlot = true } = options;
    const host = this.hostOf(rate);
    const since = this.now();
    const { lost } = this.lease;
    const permit = { isUnsent: needsSlot };
    let isReleased = false;
    return {
      lost,
      slot: async (signal) => {
        if (permit.isUnsent) this.connectMs = Math.max(this.now() - since, CONNECT_DECAY * this.connectMs);
        await this.wait({ rate, signal, isContinuation: true }, permit);
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.meanMs += (this.now() - since - this.meanMs) * LAST_WEIGHT;
        this.lease.release(lost);
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
    return this.waiters.length === 0 && this.lease.isIdle && [...this.hosts.values()].every((it) => !it.debt);
  }

  /** Gives back the permits that are not in use: call it when all requests have ended. @throws what the store throws */
  async drain(): Promise<void> {
    clearTimeout(this.timer);
    await this.lease.drain();
  }

  /** Ends all waiting. */
  close(reason: Error): void {
    this.isClosed = reason;
    for (const { fail } of this.waiters.splice(0)) fail(reason);
    this.hosts.clear();
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
    this.lease.check(now);
    for (const host of this.hosts.values()) {
      host.perSecond = this.perSecond(host.rate);
      host.slots = host.slots.filter((at) => at + SLOT_TOLERANCE_MS > now);
    }
    this.waiters = this.waiters.filter((waiter) => !this.tryStart(waiter, now));
    if (this.isShort()) this.call(this.reserving, now, () => this.reserve());
    if (this.lease.isChanging(this.demand()))
      this.call(this.lease.pacer, now, () => this.lease.exchange(() => this.demand()));
    this.deferLate(now);
    this.schedule(now);
  }

  private call(pacer: CallPacer, now: number, call: () => Promise<void>): void {
    if (!pacer.begin(now)) return;
    call()
      .catch((error: unknown) => {
        pacer.failed();
        this.options.onError?.(error);
      })
      .finally(() => {
        pacer.end();
        this.run();
      });
  }

  private tryStart({ host, needsSlot, permit, start }: Waiter, now: number): boolean {
    if (!this.lease.hasHeartbeat(now) || (permit === undefined && this.lease.free <= 0)) return false;
    if (needsSlot && now < host.rate.notBefore) return false;
    const usesSlot = needsSlot && isRateLimited(host);
    // A connection is opened so early that the request can be sent in the slot.
    const isDue =
      permit === undefined ? timeOf(host.slots[host.unsent]) <= now + this.leadMs : timeOf(host.slots[0]) <= now;
    if (usesSlot && !isDue) return false;
    if (permit === undefined) {
      this.lease.use();
      if (needsSlot) host.unsent++;
    } else {
      if (usesSlot) host.slots.shift();
      sent(host, permit);
    }
    start();
    return true;
  }

  /** How long before its slot the connection of a request is opened. */
  private get leadMs(): number {
    return Math.min(MAX_CONNECT_MS, this.connectMs);
  }

  private perSecond(rate: AdaptiveRate): number {
    const { requests_per_second: limit } = this.options.limits;
    return Math.min(limit === undefined ? Number.POSITIVE_INFINITY : reservedPerSecond(limit), rate.perSecond());
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
    return Math.ceil(Math.max(this.lease.free, (this.lease.permits * 1_000) / this.meanMs));
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
    this.reserving.failed({ freeAt, most });
  }

  /** How many more permits this process could use now: those of the work that waits, but no more than the rate allows. */
  private demand(): number {
    const waiting = this.waiters.filter(({ permit }) => permit === undefined).length;
    const perSecond = Math.max(0, ...[...this.hosts.values()].map((host) => host.perSecond));
    const usable = Math.ceil((perSecond * this.meanMs) / 1_000) + 1;
    return Math.max(0, Math.min(waiting, usable - this.lease.inUse));
  }

  /** Defers the work whose slot or permit would come too late. What has a slot keeps it. */
  private deferLate(now: number): void {
    const slotAt = Math.max(now, this.tat ?? 0, this.reserving.blockedUntil);
    const { free, permits } = this.lease;
    const startsPerMs = Math.max(permits, 1) / this.meanMs;
    const before = new Map<Host, number>();
    const waitOf = (waiter: Waiter, n: number): number => {
      const { host, isDeferrable, isContinuation, needsSlot, permit, since } = waiter;
      const place = before.get(host) ?? 0;
      if (needsSlot && permit?.isUnsent !== true) before.set(host, place + 1);
      const pause = (isDeferrable || isContinuation) && needsSlot ? host.rate.notBefore - now : 0;
      if (!isDeferrable) return pause;
      const ahead = place + host.unsent - host.slots.length;
      const slotWait = isRateLimited(host) && ahead >= 0 ? slotAt + ahead * spacingMs(host.perSecond) - now : 0;
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
    for (const { host } of this.waiters)
      times.push(timeOf(host.slots[0]), timeOf(host.slots[host.unsent]) - this.leadMs, host.rate.notBefore);
    if (this.isShort()) times.push(this.reserving.at);
    if (this.lease.isChanging(this.demand())) times.push(this.lease.pacer.at);
    if (this.waiters.length > 0 || this.lease.isInUse)
      times.push(now + (this.lease.hasHeartbeat(now) ? CALL_INTERVAL_MS : HEARTBEAT_POLL_MS));
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
