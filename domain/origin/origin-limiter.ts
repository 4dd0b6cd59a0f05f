import type { AdaptiveRate } from "./adaptive-rate.ts";
import type { LimiterContext, LimiterOptions } from "./paced-calls.ts";
import { PermitLease } from "./permit-lease.ts";
import {
  LocalSlots,
  MAX_WAIT_MS,
  type RateSlots,
  Reservations,
  type ReservationsOptions,
  reservedPerSecond,
  type SendSlot,
  SLOT_TOLERANCE_MS,
} from "./reservations.ts";

/** The longest time between two checks of what may start, and which calls are due. */
const TICK_MS = 100;

/** Of more waiters than this, what may start is checked every few milliseconds, not at each change: a check goes through all of them. */
const MANY_WAITERS = 200;
const MANY_CHECK_MS = 5;
/** More than a process can start in a second. What comes later is deferred. */
const MAX_WAITERS = 2_000;

/** The delay of deferred work, as a share of the time for which the limits have been exhausted. It is below 1, so that more work returns than can start. */
const DEFER_SHARE = 0.15;
const MIN_DEFER_MS = 1_500;
const MAX_DEFER_MS = 300_000;
/** A slot of a host that was reserved is kept until the request's limit has a slot, too. What a host accepts is no strict limit. */
const HOST_SLOT_LIFE_MS = 3_000;
/** A connection is opened this many mean connect times before its slot, at most MAX_CONNECT_MS. */
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

/** The right to open a connection, to send requests in the slots of {@link waitForSendSlot}, and to have them in progress until {@link release}. */
export interface Permit {
  /** Aborted when this process has lost its lease: the request must end at once. Undefined: there is no lease. */
  readonly lost: AbortSignal | undefined;
  /**
   * Waits for the slot of a request: call it when the connection is open, and send the request at once.
   * @returns for how many milliseconds it may be sent, or a promise if the slot has to be waited for
   * @throws DeferredError; what the signal was aborted with; what the limiter was closed with
   */
  waitForSendSlot(signal: AbortSignal): number | Promise<number>;
  /** Whether the work waits for something else before it opens its connection. Meanwhile, it takes no slot from others. @default false */
  setSuspended(isSuspended: boolean): void;
  release(): void;
}

export interface AcquireOptions {
  /** Of the host that receives the request. */
  readonly rate: AdaptiveRate;
  readonly signal: AbortSignal;
  /** Whether the work can return to the queue. @default false */
  readonly isDeferrable?: boolean | undefined;
  /** Whether the work is in progress: it goes first, and is deferred only while the host pauses all requests. @default false */
  readonly isContinuation?: boolean | undefined;
  /** Whether the requests count for the rate. @default true */
  readonly needsSendSlot?: boolean | undefined;
}

/** The slots of a request that was not sent, one in each limit, and the time that they have in common. */
interface HeldSlots {
  taken: readonly (SendSlot & { readonly slots: RateSlots })[];
  at: number;
  until: number;
}

interface WaitOptions extends AcquireOptions {
  /** Whether it has a permit, and waits for its slot. */
  readonly hasPermit: boolean;
  readonly held: HeldSlots;
}

/** A request that waits, or may start at once. */
interface Candidate extends WaitOptions {
  /** Within the rate that its host accepts. */
  readonly hostSlots: RateSlots;
  readonly needsSendSlot: boolean;
}

interface Waiter extends Candidate {
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
  /** The slots of each host, by the rate that it accepts. */
  private readonly hosts = new Map<AdaptiveRate, RateSlots>();
  private readonly slots: RateSlots;
  /** Those, if the request has a limit of its rate. */
  private readonly ownSlots: readonly RateSlots[];
  private readonly lease: PermitLease | undefined;
  private inProgress = 0;
  private closeError: Error | undefined;
  private meanMs = EXPECTED_MS;
  /** How long it takes from a permit until the connection is open; undefined: none has been opened. */
  private connectMs: number | undefined;
  /** When many wait: the time at which it is checked again what waits too long. */
  private deferAt = 0;
  /** Since when work is deferred. */
  private exhaustedSince = Number.POSITIVE_INFINITY;
  private isRunDue = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly context: LimiterContext;

  constructor(private readonly options: LimiterOptions) {
    const { id, limits } = options;
    const { concurrency, requests_per_second: rate } = limits;
    const perSecond = rate === undefined ? Number.POSITIVE_INFINITY : reservedPerSecond(rate);
    this.context = {
      ...options,
      refresh: () => Promise.all([...this.hosts.keys()].map((rate) => rate.refresh())),
      onChange: () => this.run(),
      onFree: () => {
        this.exhaustedSince = Number.POSITIVE_INFINITY;
      },
    };
    this.slots = this.newSlots({
      id,
      perSecond: () => perSecond,
      lifeMs: SLOT_TOLERANCE_MS,
      demand: (isUrgent) => this.demand(isUrgent),
    });
    this.ownSlots = this.slots.isActive ? [this.slots] : NO_SLOTS;
    const usable = () => (this.isLocal ? Number.POSITIVE_INFINITY : this.usablePermits());
    if (concurrency !== undefined) this.lease = new PermitLease(this.context, concurrency, usable);
  }

  /**
   * Acquires a permit.
   * @returns it, or a promise if it has to be waited for
   * @throws DeferredError; what the signal was aborted with; what the limiter was closed with
   */
  acquire(options: AcquireOptions): Permit | Promise<Permit> {
    const { rate, signal, isDeferrable, isContinuation, needsSendSlot = true } = options;
    const held: HeldSlots = { taken: [], at: 0, until: 0 };
    const hostSlots = this.slotsOf(rate);
    // A spread takes three times as long, for each request.
    const candidate: Candidate = {
      rate,
      signal,
      isDeferrable,
      isContinuation,
      hasPermit: false,
      needsSendSlot,
      hostSlots,
      held,
    };
    return this.startsAtOnce(candidate)
      ? this.newPermit(candidate)
      : this.wait(candidate, () => this.newPermit(candidate));
  }

  private newPermit({ rate, needsSendSlot, hostSlots, held }: Candidate): Permit {
    const lost = this.lease?.use();
    let since = this.options.now();
    /** Where it is counted as pending: until its request is sent. */
    let pendingIn = NO_SLOTS;
    this.inProgress++;
    const setPending = (isPending: boolean) => {
      for (const slots of pendingIn) slots.pending--;
      pendingIn = isPending && needsSendSlot ? this.activeSlots(hostSlots) : NO_SLOTS;
      for (const slots of pendingIn) slots.pending++;
    };
    const use = () => {
      const { until } = held;
      held.taken = [];
      held.until = 0;
      setPending(false);
      return until - this.options.now();
    };
    setPending(true);
    let isFirst = needsSendSlot;
    let isReleased = false;
    return {
      lost,
      waitForSendSlot: (signal) => {
        if (isFirst) {
          const openedMs = Math.min(MAX_CONNECT_MS, this.msSince(since));
          this.connectMs ??= openedMs;
          this.connectMs += (openedMs - this.connectMs) * LAST_WEIGHT;
        }
        isFirst = false;
        const sending: Candidate = {
          rate,
          signal,
          isContinuation: true,
          hasPermit: true,
          needsSendSlot: true,
          hostSlots,
          held,
        };
        return this.startsAtOnce(sending) ? use() : this.wait(sending, use);
      },
      setSuspended: (isSuspended) => {
        // What was sent needs no slot any more.
        if (!isFirst || isReleased) return;
        since = this.options.now();
        setPending(!isSuspended);
        if (isSuspended) {
          giveBack(held);
          this.runSoon();
        }
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.meanMs += (this.msSince(since) - this.meanMs) * LAST_WEIGHT;
        this.inProgress--;
        if (lost !== undefined) this.lease?.release(lost);
        giveBack(held);
        setPending(false);
        if (this.isBusy || this.lease !== undefined) this.runSoon();
      },
    };
  }

  /** At least 1: the clock may be set back. */
  private msSince(at: number): number {
    return Math.max(1, this.options.now() - at);
  }

  /** A request has reached a host without a slot: one slot is not used. */
  addDebt(rate: AdaptiveRate): void {
    for (const slots of this.activeSlots(this.slotsOf(rate))) slots.addDebt();
    this.runSoon();
  }

  /** Whether nothing waits and nothing is in progress. */
  get isIdle(): boolean {
    const all = [this.slots, ...this.hosts.values()];
    // Permits that no other process shares are never given back: the next request has one at once.
    const isLeaseIdle = this.isLocal || this.lease?.isIdle !== false;
    return this.waiters.length + this.inProgress === 0 && isLeaseIdle && all.every((it) => it.isIdle);
  }

  /** Whether something waits. */
  get isBusy(): boolean {
    return this.waiters.length > 0;
  }

  /** Ends all waiting. */
  close(reason: Error): void {
    this.closeError = reason;
    for (const { fail } of this.waiters.splice(0)) fail(reason);
  }

  /** Gives back the permits that are not in use: call it when all requests have ended, and nothing waits. */
  async drain(): Promise<void> {
    clearTimeout(this.timer);
    await this.lease?.drain();
  }

  /** @param onStart called when it starts, before others may */
  private wait<T>(candidate: Candidate, onStart: () => T): Promise<T> {
    const { signal, isContinuation } = candidate;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.closeError !== undefined) throw this.closeError;
      const end = () => signal.removeEventListener("abort", abort);
      const waiter: Waiter = {
        ...candidate,
        since: this.options.now(),
        start: () => {
          end();
          resolve(onStart());
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
      const place = isContinuation === true ? this.waiters.findIndex((it) => !it.isContinuation) : -1;
      this.waiters.splice(place === -1 ? this.waiters.length : place, 0, waiter);
      this.runSoon();
    });
  }

  private get isLocal(): boolean {
    return this.options.store.localTats !== undefined;
  }

  private newSlots(options: ReservationsOptions): RateSlots {
    const { localTats } = this.options.store;
    return localTats === undefined
      ? new Reservations(this.context, options)
      : new LocalSlots(this.context, options, localTats);
  }

  private slotsOf(rate: AdaptiveRate): RateSlots {
    const known = this.hosts.get(rate);
    if (known !== undefined) return known;
    const lifeMs = this.slots.isActive && !this.isLocal ? HOST_SLOT_LIFE_MS : SLOT_TOLERANCE_MS;
    const slots: RateSlots = this.newSlots({
      id: rate.host,
      perSecond: () => rate.perSecond(),
      lifeMs,
      demand: (isUrgent) => this.workAt(slots, isUrgent) - slots.free,
    });
    this.hosts.set(rate, slots);
    return slots;
  }

  /** The tasks of a message arrive together. */
  private runSoon(): void {
    if (this.isRunDue) return;
    this.isRunDue = true;
    const run = () => {
      this.isRunDue = false;
      this.run();
    };
    // The next slot of a rate that no other process shares is at a known time: few changes let something start before it.
    if ((this.isLocal && !this.lease) || this.waiters.length > MANY_WAITERS) setTimeout(run, MANY_CHECK_MS);
    else queueMicrotask(run);
  }

  /** Starts what may start, defers what would wait too long, and calls the store when it is due. */
  private run(): void {
    clearTimeout(this.timer);
    const now = this.options.now();
    this.slots.expire(now);
    for (const [rate, slots] of this.hosts) slots.expire(now, rate.notBefore);
    this.lease?.update(now);
    this.startWaiters(now);
    for (const slots of this.hosts.values()) slots.reserve(now);
    this.slots.reserve(now);
    if (this.waiters.length <= MANY_WAITERS || now >= this.deferAt) this.deferLate(now);
    if (this.isIdle) return;
    let next = now + TICK_MS;
    const startAt = (at: number) => {
      if (at > now) next = Math.min(next, at);
    };
    for (const { held } of this.waiters) startAt(held.at);
    for (const hostSlots of new Set(this.waiters.map((waiter) => waiter.hostSlots)))
      for (const slots of this.activeSlots(hostSlots)) {
        startAt(slots.nextAt(now) - (this.isLocal ? 0 : this.preconnectMs));
        if (this.isLocal) startAt(slots.freeAt(now, 0) - this.preconnectMs);
      }
    this.timer = setTimeout(() => this.run(), Math.ceil(next - now));
  }

  /** Whether a request starts without waiting. Those in progress go before those that wait for a permit. */
  private startsAtOnce(candidate: Candidate): boolean {
    // Slots that others share are reserved when something waits.
    if (!this.isLocal) return false;
    const [first] = this.waiters;
    if (first !== undefined && (first.isContinuation || !candidate.hasPermit)) return false;
    if (this.closeError !== undefined || candidate.signal.aborted) return false;
    return this.mayStart(candidate, this.options.now());
  }

  private startWaiters(now: number): void {
    const left: Waiter[] = [];
    /** Hosts whose next request without a permit may not start: nor may those after it. */
    const full = new Set<RateSlots>();
    // Taken out first: a waiter that starts may add others.
    for (const waiter of this.waiters.splice(0)) {
      const { hostSlots, needsSendSlot, hasPermit } = waiter;
      const isNext = needsSendSlot && !hasPermit;
      if (isNext && full.has(hostSlots)) left.push(waiter);
      else if (this.mayStart(waiter, now)) waiter.start();
      else {
        left.push(waiter);
        if (isNext) full.add(hostSlots);
      }
    }
    this.waiters = [...left, ...this.waiters];
  }

  private mayStart(candidate: Candidate, now: number): boolean {
    const { rate, needsSendSlot, hasPermit, held } = candidate;
    if (this.lease?.hasHeartbeat(now) === false || (!hasPermit && this.freePermits() <= 0)) return false;
    if (!needsSendSlot) return true;
    if (now < rate.notBefore) return false;
    if (this.isLocal) return this.mayStartLocally(candidate, now);
    if (!this.hasSlot(candidate)) this.takeSlots(candidate, now, hasPermit ? 0 : this.connectMs);
    return this.hasSlot(candidate) && (!hasPermit || held.at <= now);
  }

  /** With limits that no other process shares: a slot is taken when the request is sent, and a permit needs one that is free soon. */
  private mayStartLocally({ hostSlots, hasPermit, held }: Candidate, now: number): boolean {
    const limits = this.activeSlots(hostSlots);
    if (!hasPermit) return limits.every((slots) => slots.freeAt(now, 0) <= now + this.preconnectMs);
    if (limits.some((slots) => slots.nextAt(now) > now)) return false;
    for (const slots of limits) slots.take(slots.nextAt(now));
    held.until = now + SLOT_TOLERANCE_MS;
    return true;
  }

  /** Takes a slot in each limit, if they overlap and are not too far ahead. @param connectMs how long it takes until the connection is open */
  private takeSlots({ hostSlots, held }: Candidate, now: number, connectMs = 0): void {
    giveBack(held);
    const limits = this.activeSlots(hostSlots);
    const usableAt = Math.max(now + connectMs, ...limits.map((slots) => slots.nextAt(now + connectMs)));
    if (limits.some((slots) => slots.nextAt(usableAt) > now + this.preconnectMs)) return;
    held.taken = limits.map((slots) => ({ slots, ...slots.take(slots.nextAt(usableAt)) }));
    held.at = Math.max(0, ...held.taken.map(({ at }) => at));
    held.until = Math.min(Number.POSITIVE_INFINITY, ...held.taken.map(({ until }) => until));
    if (held.at >= held.until) giveBack(held);
  }

  /** A connection is opened so early that the request can be sent in the slot. */
  private get preconnectMs(): number {
    return Math.min(MAX_CONNECT_MS, CONNECT_MARGIN * (this.connectMs ?? 0));
  }

  /** The limits in which a request to a host needs a slot each. */
  private activeSlots(hostSlots: RateSlots): readonly RateSlots[] {
    return hostSlots.isActive ? [...this.ownSlots, hostSlots] : this.ownSlots;
  }

  private freePermits(): number {
    return this.lease?.free ?? Number.POSITIVE_INFINITY;
  }

  /** How many requests the permits of this process let start in a second. */
  private startsPerSecond(): number {
    if (this.lease === undefined) return Number.POSITIVE_INFINITY;
    return Math.ceil(Math.max(this.lease.free, (this.lease.size * 1_000) / this.meanMs));
  }

  private hasSlot({ held }: Candidate): boolean {
    return held.until > this.options.now();
  }

  /** Slots that the work for a host could use within a second. */
  private workAt(hostSlots: RateSlots, isUrgent: boolean): number {
    const waiting = this.waiters.filter(
      (it) => it.hostSlots === hostSlots && it.needsSendSlot && !this.hasSlot(it) && !(isUrgent && it.isDeferrable),
    );
    const sending = waiting.filter(({ hasPermit }) => hasPermit).length;
    return sending + Math.min(waiting.length - sending, this.startsPerSecond());
  }

  /** Work for a host that throttles uses a slot of the request's limit once it has one of the host. */
  private demand(isUrgent: boolean): number {
    let slots = -this.slots.free;
    for (const hostSlots of this.hosts.values()) {
      const most = hostSlots.isActive ? hostSlots.free : Number.POSITIVE_INFINITY;
      slots += Math.min(this.workAt(hostSlots, isUrgent), most);
    }
    return slots;
  }

  /** How many permits this process could use. */
  private usablePermits(): number {
    const waiting = this.waiters.filter(({ hasPermit }) => !hasPermit).length;
    const perSecond = Math.max(
      0,
      ...[...this.hosts.values()].map((hostSlots) => Math.min(this.slots.perSecond, hostSlots.perSecond)),
    );
    const usable = Math.ceil((perSecond * this.meanMs) / 1_000) + 1;
    return Math.min(this.inProgress + waiting, usable);
  }

  /** Defers the work whose slot or permit would come too late. What has a slot keeps it. */
  private deferLate(now: number): void {
    this.deferAt = now + TICK_MS;
    const before = new Map<RateSlots, number>();
    const isLate = (waiter: Waiter, place: number) => this.waitOf(waiter, place, before, now) > MAX_WAIT_MS;
    const late = new Set(this.waiters.filter(isLate));
    if (late.size === 0) return;
    this.exhaustedSince = Math.min(this.exhaustedSince, now);
    this.waiters = this.waiters.filter((waiter) => !late.has(waiter));
    // The longer the limits are exhausted, the more work waits in the queue.
    const mean = Math.min(MAX_DEFER_MS, Math.max(MIN_DEFER_MS, (now - this.exhaustedSince) * DEFER_SHARE));
    for (const { rate, hostSlots, fail } of late) {
      const freeAt = this.activeSlots(hostSlots).map((slots) => slots.freeAt(now, 0) - MAX_WAIT_MS);
      const least = Math.max(now, rate.notBefore, ...freeAt) - now;
      fail(new DeferredError(least + mean * (0.5 + Math.random())));
    }
  }

  /** How long a waiter is expected to wait; 0: it is not deferred. @param before how many waiters need slots before it */
  private waitOf(waiter: Waiter, place: number, before: Map<RateSlots, number>, now: number): number {
    const { rate, hostSlots, isDeferrable = false, isContinuation = false, needsSendSlot, hasPermit, since } = waiter;
    const pause = (isDeferrable || isContinuation) && needsSendSlot ? rate.notBefore - now : 0;
    let wait = pause;
    for (const slots of needsSendSlot && !this.hasSlot(waiter) ? this.activeSlots(hostSlots) : []) {
      const ahead = before.get(slots) ?? 0;
      before.set(slots, ahead + 1);
      if (ahead >= slots.free) wait = Math.max(wait, slots.freeAt(now, ahead - slots.free) - now);
    }
    if (!isDeferrable) return pause;
    if (place >= MAX_WAITERS) return Number.POSITIVE_INFINITY;
    if (this.lease === undefined || hasPermit) return wait;
    const free = this.lease.free;
    const permitWait = Math.max(free > 0 ? 0 : now - since, ((place - free) * this.meanMs) / this.lease.size);
    return Math.max(wait, permitWait);
  }
}

const NO_SLOTS: readonly RateSlots[] = [];

/** Makes slots free that were not used. */
function giveBack(held: HeldSlots): void {
  for (const { slots, at } of held.taken) slots.giveBack(at);
  held.taken = [];
  held.until = 0;
}
