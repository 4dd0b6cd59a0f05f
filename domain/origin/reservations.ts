// Slots by the generic cell rate algorithm (GCRA): one timestamp, the theoretical arrival time (TAT), is the time of the next free slot.
// https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
import { CALL_INTERVAL_MS, type LimiterContext, PacedCalls } from "./paced-calls.ts";
import type { TatUpdate } from "./permit-store.ts";

/** The share of a limit that is used: with it, a window of one second that includes late slots stays within the limit. */
export const USED_SHARE = 0.9;
/** A slot is usable for this long after its time. On its way to the origin, a request may take as long again: then a second is still within its limit. */
export const SLOT_TOLERANCE_MS = 50;
/** The first slot after an idle period: DynamoDB's response must have arrived before it. */
const FIRST_SLOT_DELAY_MS = 150;
/** Work in progress reserves slots up to this far ahead, and at least this many. */
const MAX_AHEAD_MS = 10_000;
const MIN_SLOTS_AHEAD = 3;

/** Requests per second that are reserved under a limit. 2.5 requests per second are at most 2 in each second. */
export function reservedPerSecond(limit: number): number {
  return USED_SHARE * (limit < 1 ? limit : Math.floor(limit));
}

/** The most slots of a reservation: those of a second, and some more because a reservation takes time. */
function maxSlots(perSecond: number): number {
  return Math.ceil(perSecond / USED_SHARE);
}

/** Milliseconds between two slots; whole microseconds, so that DynamoDB and this process compute the same sum. */
export function spacingMs(perSecond: number): number {
  return Math.ceil(1_000_000 / perSecond) / 1_000;
}

/**
 * The update that reserves slots.
 * @param tat the last observed TAT
 * @param horizon how far ahead the first slot may be, in milliseconds
 * @returns undefined if the slots within the horizon are taken
 */
export function reservation(
  tat: number | undefined,
  now: number,
  { slots, spacing, horizon }: { readonly slots: number; readonly spacing: number; readonly horizon: number },
): TatUpdate | undefined {
  const start = now + FIRST_SLOT_DELAY_MS;
  const by = wholeMicroseconds(slots * spacing);
  if (tat === undefined || tat < start) return { kind: "set", to: wholeMicroseconds(start + by), below: start };
  return tat < now + horizon ? { kind: "add", by, atLeast: start, below: now + horizon } : undefined;
}

/** A product of decimals may have noise that DynamoDB, which adds decimals exactly, would keep. */
function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** Work that would wait longer returns to the queue. */
export const MAX_WAIT_MS = 3_000;
/** The bound of the exponential back-off of a process that finds no free slot, in milliseconds and in slots. It costs reads, not writes. */
const MAX_BACKOFF_MS = 10_000;
const MAX_BACKOFF_SLOTS = 10;
/** The bound of {@link Reservations.addDebt}: the slots of so many seconds. */
const MAX_DEBT_SECONDS = 60;

export interface ReservationsOptions {
  /** Of the limit: a request, or a host. */
  readonly id: string;
  /** Requests per second of all processes; Infinity: no slots are needed. */
  readonly perSecond: () => number;
  /** How long a slot is usable after its time. */
  readonly lifeMs: number;
  /**
   * How many more slots the work of this process could use within a second. Asked again when the TAT is known.
   * @param isUrgent whether only work counts that cannot be deferred
   */
  readonly demand: (isUrgent: boolean) => number;
}

/** The time in which a request may be sent: milliseconds since the epoch. */
export interface SendSlot {
  readonly at: number;
  readonly until: number;
}

/** The slots of one limit of requests per second (GCRA), as one process takes them. */
export interface RateSlots {
  /** Requests per second of all processes; Infinity: no slots are needed. */
  readonly perSecond: number;
  readonly isActive: boolean;
  readonly isIdle: boolean;
  /** Number of reserved slots that no request has taken. */
  readonly free: number;
  /** Number of requests that have a permit and have not been sent. */
  pending: number;
  /** Time of the first slot that is still valid at `usableAt`; of the last slot if none is; Infinity without slots. */
  nextAt(usableAt: number): number;
  /** Forgets slots that were not used in time, and those of a pause. @param notBefore the end of the pause */
  expire(now: number, notBefore?: number): void;
  /** Takes the slot of a time that {@link nextAt} has returned. */
  take(at: number): SendSlot;
  /** Returns a taken slot in which no request was sent. */
  giveBack(at: number): void;
  /** Records a request that was sent without a slot. A later slot stays unused in exchange. */
  addDebt(): void;
  /** Estimated time of the slot that follows `slotsAhead` others, from what this process knows. */
  freeAt(now: number, slotsAhead: number): number;
  /** Reserves the slots that are missing, if the interval between calls has passed. */
  reserve(now: number): void;
}

/** The slots of a limit that no other process shares: each is taken when its request is sent, and none is reserved. */
export class LocalSlots implements RateSlots {
  readonly free = 0;
  readonly isIdle = true;
  pending = 0;

  constructor(
    private readonly context: LimiterContext,
    private readonly options: ReservationsOptions,
    private readonly tats: Map<string, number>,
  ) {}

  get perSecond(): number {
    return this.options.perSecond();
  }

  get isActive(): boolean {
    return this.perSecond !== Number.POSITIVE_INFINITY;
  }

  nextAt(usableAt: number): number {
    return Math.max(this.tat, usableAt - this.options.lifeMs);
  }

  take(at: number): SendSlot {
    this.tat = at + spacingMs(this.perSecond);
    return { at, until: at + this.options.lifeMs };
  }

  addDebt(): void {
    if (!this.isActive) return;
    const now = this.context.now();
    this.tat = Math.min(Math.max(now, this.tat) + spacingMs(this.perSecond), now + MAX_DEBT_SECONDS * 1_000);
  }

  freeAt(now: number, slotsAhead: number): number {
    return this.nextAt(now) + (this.pending + slotsAhead) * spacingMs(this.perSecond);
  }

  /** After a pause, the slots begin anew. */
  expire(_now: number, notBefore = 0): void {
    if (notBefore > this.tat) this.tat = notBefore;
  }

  giveBack(): void {}
  reserve(): void {}

  private get tat(): number {
    return this.tats.get(this.options.id) ?? 0;
  }

  private set tat(at: number) {
    this.tats.set(this.options.id, at);
  }
}

/** The slots that this process has reserved in a limit that other processes share. */
export class Reservations implements RateSlots {
  pending = 0;
  /** The times of those that no request has taken, ascending. */
  private slots: number[] = [];
  /** Requests that were sent without a slot: so many slots must not be used. */
  private debt = 0;
  private tat: number | undefined;
  private readonly calls: PacedCalls;

  constructor(
    private readonly context: LimiterContext,
    private readonly options: ReservationsOptions,
  ) {
    this.calls = new PacedCalls(context);
  }

  get perSecond(): number {
    return this.options.perSecond();
  }

  get isActive(): boolean {
    return this.perSecond !== Number.POSITIVE_INFINITY;
  }

  get isIdle(): boolean {
    return this.calls.isIdle && this.debt === 0;
  }

  get free(): number {
    return this.slots.length;
  }

  nextAt(usableAt: number): number {
    const next = this.slots.find((at) => at + this.options.lifeMs >= usableAt);
    return next ?? this.slots.at(-1) ?? Number.POSITIVE_INFINITY;
  }

  expire(now: number, notBefore = 0): void {
    this.slots = this.slots.filter((at) => at + this.options.lifeMs > now && at >= notBefore);
    if (!this.isActive) this.debt = 0;
  }

  take(at: number): SendSlot {
    this.slots.splice(this.slots.indexOf(at), 1);
    return { at, until: at + this.options.lifeMs };
  }

  giveBack(at: number): void {
    this.slots = [...this.slots, at].sort((a, b) => a - b);
    this.expire(this.context.now());
  }

  addDebt(): void {
    if (!this.isActive || this.slots.shift() !== undefined) return;
    this.debt = Math.min(this.debt + 1, MAX_DEBT_SECONDS * maxSlots(this.perSecond));
  }

  freeAt(now: number, slotsAhead: number): number {
    const next = Math.max(now, this.tat ?? 0, this.calls.blockedUntil);
    return next + slotsAhead * spacingMs(this.perSecond);
  }

  reserve(now: number): void {
    if (this.isActive && this.missing() > 0) this.calls.run(now, () => this.call());
  }

  private missing(isUrgent = false): number {
    return this.options.demand(isUrgent) + this.debt;
  }

  private async call(): Promise<void> {
    const { store, onFree, refresh } = this.context;
    const { id } = this.options;
    const [tat] = await Promise.all([store.tat(id), refresh()]);
    this.tat = tat;
    const rate = this.perSecond;
    const missing = this.missing();
    if (rate === Number.POSITIVE_INFINITY || missing <= 0) return;
    const now = this.context.now();
    const spacing = spacingMs(rate);
    // Deferrable work reserves no slots that are far away.
    const isFar = (tat ?? 0) >= now + MAX_WAIT_MS;
    const horizon = isFar ? Math.max(MAX_AHEAD_MS, MIN_SLOTS_AHEAD * spacing) : MAX_WAIT_MS;
    const slots = Math.min(maxSlots(rate), isFar ? this.missing(true) : missing);
    const update = slots > 0 ? reservation(tat, now, { slots, spacing, horizon }) : undefined;
    if (update === undefined) return this.backOff(now, horizon, spacing);
    this.calls.nextCallAt = now + CALL_INTERVAL_MS;
    const after = await store.updateTat(id, update);
    this.tat = after.tat;
    if (!after.done || after.tat === undefined) return this.backOff(now, horizon, spacing);
    this.calls.succeeded();
    if (update.kind === "set") onFree();
    const paid = Math.min(this.debt, slots);
    this.debt -= paid;
    for (let n = slots - paid; n > 0; n--) this.slots.push(after.tat - n * spacing);
    this.slots.sort((a, b) => a - b);
  }

  private backOff(now: number, horizon: number, spacing: number): void {
    const mostMs = Math.min(MAX_BACKOFF_MS, Math.max(CALL_INTERVAL_MS, MAX_BACKOFF_SLOTS * spacing));
    this.calls.failed({ freeAt: (this.tat ?? now) - horizon, mostMs });
  }
}
