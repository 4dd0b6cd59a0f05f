import type { OriginLimits } from "../request/options.ts";
import type { AdaptiveRate } from "./adaptive-rate.ts";
import { CALL_INTERVAL_MS, type LimiterContext } from "./paced-calls.ts";
import { type LeaseOptions, newSignal, PermitLease } from "./permit-lease.ts";
import type { PermitStore } from "./permit-store.ts";
import { type Demand, MAX_WAIT_MS, Reservations, reservedPerSecond, SLOT_TOLERANCE_MS } from "./reservations.ts";

/** Deferred work returns after this share of the time for which the limits have been exhausted: so several times as much comes back as may start. */
const DEFER_SHARE = 0.15;
const MIN_DEFER_MS = 1_500;
const MAX_DEFER_MS = 300_000;
/** A slot of a host is kept until the request's limit has a slot, too. What a host accepts is no strict limit. */
const HOST_SLOT_LIFE_MS = 3_000;
/** A connection is opened before its slot: by so many times as long as the connections of late took, at most MAX_CONNECT_MS. */
const CONNECT_MARGIN = 1.5;
const MAX_CONNECT_MS = 1_000;
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
  /**
   * Waits for the slot of a request: call it when the connection is open, and send the request at once.
   * @returns for how many milliseconds it may be sent
   * @throws DeferredError; what the signal was aborted with; what the limiter was closed with
   */
  slot(signal: AbortSignal): Promise<number>;
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

export interface OriginLimiterOptions extends LeaseOptions {
  /** The request that has the limits, or the host, if it has none. */
  readonly id: string;
  readonly limits: OriginLimits;
  readonly store: PermitStore;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly random?: () => number;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A host, and the slots within the rate that it accepts. */
interface Host {
  readonly rate: AdaptiveRate;
  readonly slots: Reservations;
}

/** How many wait in each limit. */
type WaitersAhead = ReadonlyMap<Reservations, number>;

/** Slots that are kept until the connection is open. */
type Claims = readonly (readonly [Reservations, number])[];

interface Waiter extends Omit<AcquireOptions, "rate" | "signal"> {
  readonly host: Host;
  readonly needsSlot: boolean;
  /** Whether it has a permit, and waits for a slot. */
  readonly hasPermit: boolean;
  readonly since: number;
  /** @param before how many waiters that have permits wait for slots before it */
  readonly start: (before: WaitersAhead) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Keeps the requests of all processes to one request's origin within its limits (rate: GCRA reservations; concurrency: leased permits) and
 * within the rate that each host accepts. One for each request in a process.
 */
export class OriginLimiter {
  private waiters: Waiter[] = [];
  private readonly hosts = new Map<AdaptiveRate, Host>();
  private readonly slots: Reservations;
  private readonly lease: PermitLease | undefined;
  private readonly unlimited = newSignal().signal;
  private inProgress = 0;
  private isClosed: Error | undefined;
  private meanMs = EXPECTED_MS;
  /** How long it takes from a permit until the connection is open. */
  private connectMs = 0;
  /** Since when work is deferred. */
  private exhaustedSince = Number.POSITIVE_INFINITY;
  private isRunDue = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly context: LimiterContext;

  constructor(options: OriginLimiterOptions) {
    const { id, limits, store, heartbeatAt, leaseMs, onError } = options;
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
    const { concurrency, requests_per_second: rate } = limits;
    const perSecond = rate === undefined ? Number.POSITIVE_INFINITY : reservedPerSecond(rate);
    this.context = {
      store,
      now: this.now,
      random: this.random,
      onChange: () => this.run(),
      onFree: () => {
        this.exhaustedSince = Number.POSITIVE_INFINITY;
      },
      onError,
    };
    this.slots = new Reservations(this.context, {
      id,
      perSecond: () => perSecond,
      lifeMs: SLOT_TOLERANCE_MS,
      refresh: () => this.refreshRates(),
      demand: () => this.demand(),
    });
    if (concurrency === undefined) return;
    const wanted = () => this.usablePermits();
    this.lease = new PermitLease(this.context, { reqId: id, limit: concurrency, wanted, heartbeatAt, leaseMs });
  }

  /** Waits for a permit. @throws DeferredError; what the signal was aborted with; what the limiter was closed with */
  async acquire(options: AcquireOptions): Promise<Permit> {
    const { rate, needsSlot = true } = options;
    const host = this.hostOf(rate);
    let claimed: Claims = [];
    let lost = this.unlimited;
    await this.wait(options, false, (before) => {
      lost = this.lease?.use() ?? this.unlimited;
      if (needsSlot) claimed = this.claim(host, before);
    });
    const since = this.now();
    this.inProgress++;
    let isFirst = needsSlot;
    const endClaims = () => {
      for (const [slots, until] of claimed) slots.unclaim(until);
      claimed = [];
    };
    let isReleased = false;
    return {
      lost,
      slot: async (signal) => {
        if (isFirst) this.connectMs += (Math.min(MAX_CONNECT_MS, this.msSince(since)) - this.connectMs) * LAST_WEIGHT;
        isFirst = false;
        endClaims();
        let until = Number.POSITIVE_INFINITY;
        await this.wait({ rate, signal, isContinuation: true }, true, () => {
          until = Math.min(until, ...this.activeSlots(host).map((slots) => slots.use()));
        });
        return until - this.now();
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        endClaims();
        this.meanMs += (this.msSince(since) - this.meanMs) * LAST_WEIGHT;
        this.inProgress--;
        this.lease?.release(lost);
        this.runSoon();
      },
    };
  }

  /** At least 1: the clock may be set back. */
  private msSince(at: number): number {
    return Math.max(1, this.now() - at);
  }

  /** A request has reached a host without a slot: one slot is not used. */
  addDebt(rate: AdaptiveRate): void {
    for (const slots of this.activeSlots(this.hostOf(rate))) slots.addDebt();
    this.runSoon();
  }

  /** Whether nothing waits and nothing is in progress. */
  get isIdle(): boolean {
    const all = [this.slots, ...[...this.hosts.values()].map(({ slots }) => slots)];
    return this.waiters.length + this.inProgress === 0 && this.lease?.isIdle !== false && all.every((it) => it.isIdle);
  }

  /** Ends all waiting. */
  close(reason: Error): void {
    this.isClosed = reason;
    for (const { fail } of this.waiters.splice(0)) fail(reason);
  }

  /** Gives back the permits that are not in use: call it when all requests have ended, and nothing waits. */
  async drain(): Promise<void> {
    clearTimeout(this.timer);
    await this.lease?.drain();
  }

  private async wait(options: AcquireOptions, hasPermit: boolean, onStart: Waiter["start"]): Promise<void> {
    const { rate, signal, needsSlot = true, ...how } = options;
    signal.throwIfAborted();
    if (this.isClosed !== undefined) throw this.isClosed;
    return new Promise((resolve, reject) => {
      const end = () => signal.removeEventListener("abort", abort);
      const waiter: Waiter = {
        ...how,
        host: this.hostOf(rate),
        needsSlot,
        hasPermit,
        since: this.now(),
        start: (before) => {
          end();
          onStart(before);
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
      const place = how.isContinuation === true ? this.waiters.findIndex((it) => !it.isContinuation) : -1;
      this.waiters.splice(place === -1 ? this.waiters.length : place, 0, waiter);
      this.runSoon();
    });
  }

  private hostOf(rate: AdaptiveRate): Host {
    const known = this.hosts.get(rate);
    if (known !== undefined) return known;
    const lifeMs = this.slots.isActive ? HOST_SLOT_LIFE_MS : SLOT_TOLERANCE_MS;
    const host: Host = {
      rate,
      slots: new Reservations(this.context, {
        id: rate.host,
        perSecond: () => rate.perSecond(),
        lifeMs,
        refresh: () => this.refreshRates(),
        demand: () => this.demandAt(host),
      }),
    };
    this.hosts.set(rate, host);
    return host;
  }

  private async refreshRates(): Promise<void> {
    await Promise.all([...this.hosts.keys()].map((rate) => rate.refresh()));
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
    this.slots.expire(now);
    for (const { rate, slots } of this.hosts.values()) slots.expire(now, rate.notBefore);
    this.lease?.update(now);
    this.startWaiters(now);
    for (const { slots } of this.hosts.values()) slots.reserve(now);
    this.slots.reserve(now);
    this.deferLate(now);
    this.schedule(now);
  }

  private startWaiters(now: number): void {
    const left: Waiter[] = [];
    // Taken out first: a waiter that starts may add others.
    const waiters = this.waiters.splice(0);
    const before = new Map<Reservations, number>();
    for (const waiter of waiters) {
      if (this.mayStart(waiter, now, before)) {
        waiter.start(before);
        continue;
      }
      left.push(waiter);
      if (waiter.hasPermit)
        for (const slots of this.activeSlots(waiter.host)) before.set(slots, (before.get(slots) ?? 0) + 1);
    }
    this.waiters = [...left, ...this.waiters];
  }

  /** @param before how many waiters that have permits wait for slots */
  private mayStart({ host, needsSlot, hasPermit }: Waiter, now: number, before: WaitersAhead): boolean {
    if (this.lease?.hasHeartbeat(now) === false || (!hasPermit && this.freePermits() <= 0)) return false;
    if (!needsSlot) return true;
    if (now < host.rate.notBefore) return false;
    const preconnectMs = hasPermit ? 0 : this.preconnectMs;
    return this.activeSlots(host).every((slots) => {
      const place = hasPermit ? 0 : slots.claims + (before.get(slots) ?? 0);
      return slots.slotAt(place) <= now + preconnectMs;
    });
  }

  /** A connection is opened so early that the request can be sent in the slot. */
  private get preconnectMs(): number {
    return Math.min(MAX_CONNECT_MS, CONNECT_MARGIN * this.connectMs);
  }

  private claim(host: Host, before: WaitersAhead): Claims {
    return this.activeSlots(host).map((slots) => [slots, slots.claim(before.get(slots) ?? 0)] as const);
  }

  /** The limits in which a request to a host needs a slot each. */
  private activeSlots(host: Host): Reservations[] {
    return [this.slots, host.slots].filter((slots) => slots.isActive);
  }

  private freePermits(): number {
    return this.lease?.free ?? Number.POSITIVE_INFINITY;
  }

  /** How many requests the permits of this process let start in a second. */
  private startsPerSecond(): number {
    if (this.lease === undefined) return Number.POSITIVE_INFINITY;
    return Math.ceil(Math.max(this.lease.free, (this.lease.size * 1_000) / this.meanMs));
  }

  /** Slots that the work for a host could use within a second. */
  private workAt(host: Host): Demand {
    const waiting = this.waiters.filter((it) => it.host === host && it.needsSlot);
    const count = (some: readonly Waiter[]) => {
      const sending = some.filter(({ hasPermit }) => hasPermit).length;
      return sending + Math.min(some.length - sending, this.startsPerSecond());
    };
    return { slots: count(waiting), urgent: count(waiting.filter(({ isDeferrable }) => !isDeferrable)) };
  }

  private demandAt(host: Host): Demand {
    const { slots, urgent } = this.workAt(host);
    return { slots: slots - host.slots.free, urgent: urgent - host.slots.free };
  }

  /** Work for a host that throttles uses a slot of the request's limit once it has one of the host. */
  private demand(): Demand {
    let [slots, urgent] = [-this.slots.free, -this.slots.free];
    for (const host of this.hosts.values()) {
      const work = this.workAt(host);
      const most = host.slots.isActive ? host.slots.free : Number.POSITIVE_INFINITY;
      slots += Math.min(work.slots, most);
      urgent += Math.min(work.urgent, most);
    }
    return { slots, urgent };
  }

  /** How many permits this process could use. */
  private usablePermits(): number {
    const waiting = this.waiters.filter(({ hasPermit }) => !hasPermit).length;
    const perSecond = Math.max(
      0,
      ...[...this.hosts.values()].map((host) => Math.min(this.slots.perSecond, host.slots.perSecond)),
    );
    const usable = Math.ceil((perSecond * this.meanMs) / 1_000) + 1;
    return Math.min(this.inProgress + waiting, usable);
  }

  /** Defers the work whose slot or permit would come too late. What has a slot keeps it. */
  private deferLate(now: number): void {
    const before = new Map<Reservations, number>();
    const isLate = (waiter: Waiter, place: number) => this.waitOf(waiter, place, before, now) > MAX_WAIT_MS;
    const late = new Set(this.waiters.filter(isLate));
    if (late.size === 0) return;
    this.exhaustedSince = Math.min(this.exhaustedSince, now);
    this.waiters = this.waiters.filter((waiter) => !late.has(waiter));
    // The longer the limits are exhausted, the more work waits in the queue.
    const mean = Math.min(MAX_DEFER_MS, Math.max(MIN_DEFER_MS, (now - this.exhaustedSince) * DEFER_SHARE));
    for (const { host, fail } of late) {
      const freeAt = this.activeSlots(host).map((slots) => slots.freeAt(now, 0) - MAX_WAIT_MS);
      const least = Math.max(now, host.rate.notBefore, ...freeAt) - now;
      fail(new DeferredError(least + mean * (0.5 + this.random())));
    }
  }

  /** How long a waiter is expected to wait; 0: it is not deferred. @param before how many waiters need slots before it */
  private waitOf(waiter: Waiter, place: number, before: Map<Reservations, number>, now: number): number {
    const { host, isDeferrable = false, isContinuation = false, needsSlot, hasPermit, since } = waiter;
    const pause = (isDeferrable || isContinuation) && needsSlot ? host.rate.notBefore - now : 0;
    let wait = pause;
    for (const slots of needsSlot ? this.activeSlots(host) : []) {
      const ahead = before.get(slots) ?? 0;
      before.set(slots, ahead + 1);
      if (ahead >= slots.free) wait = Math.max(wait, slots.freeAt(now, ahead - slots.free) - now);
    }
    if (!isDeferrable) return pause;
    if (this.lease === undefined || hasPermit) return wait;
    const free = this.lease.free;
    const permitWait = Math.max(free > 0 ? 0 : now - since, ((place - free) * this.meanMs) / this.lease.size);
    return Math.max(wait, permitWait);
  }

  private schedule(now: number): void {
    const times: number[] = [];
    for (const host of new Set(this.waiters.map((waiter) => waiter.host))) {
      times.push(host.rate.notBefore);
      for (const slots of this.activeSlots(host))
        times.push(slots.slotAt(0), slots.slotAt(slots.claims) - this.preconnectMs);
    }
    for (const { slots } of this.hosts.values()) times.push(slots.nextCallAt);
    times.push(this.slots.nextCallAt);
    if (this.lease !== undefined) times.push(this.lease.nextCallAt(now));
    if (this.waiters.length > 0) times.push(now + CALL_INTERVAL_MS);
    const next = Math.min(...times.filter((at) => at > now));
    if (next < Number.POSITIVE_INFINITY) this.timer = setTimeout(() => this.run(), Math.ceil(next - now));
  }
}
