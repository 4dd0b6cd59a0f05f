// Slots by the generic cell rate algorithm (GCRA): one timestamp, the theoretical arrival time (TAT), is the time of the next free slot.
// https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
import { CALL_INTERVAL_MS, type LimiterContext, PacedCalls } from "./paced-calls.ts";
import type { TatUpdate } from "./permit-store.ts";

/** The share of a limit that is used: with it, a window of one second that includes late slots stays within the limit. */
const USED_SHARE = 0.9;
/** A slot is usable for this long after its time. */
export const SLOT_TOLERANCE_MS = 100;
/** The first slot after an idle period: DynamoDB's response must have arrived before it. */
const FIRST_SLOT_DELAY_MS = 150;
/** A TAT that is further ahead than a process may reserve now, by more than this, comes from a wrong clock. The rate may have been lower before. */
const MAX_CLOCK_ERROR_MS = 15_000;
/** Work in progress reserves slots up to this far ahead, and at least this many. */
const MAX_AHEAD_MS = 10_000;
const MIN_SLOTS_AHEAD = 3;

/** Requests per second that are reserved under a limit. 2.5 requests per second are at most 2 in each second. */
export function reservedPerSecond(limit: number): number {
  return USED_SHARE * (limit < 1 ? limit : Math.floor(limit));
}

/** The most slots of a reservation: those of a second, and some more because a reservation takes time. */
export function maxSlots(perSecond: number): number {
  return Math.ceil(perSecond / USED_SHARE);
}

/** Milliseconds between two slots; whole microseconds, so that DynamoDB and this process compute the same sum. */
export function spacingMs(perSecond: number): number {
  return Math.ceil(1_000_000 / perSecond) / 1_000;
}

/** How far ahead a reservation may begin, if the work cannot be deferred. */
export function horizonMs(spacing: number): number {
  return Math.max(MAX_AHEAD_MS, MIN_SLOTS_AHEAD * spacing);
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

/** Whether no process with a correct clock can have written a TAT. @param longestMs how far ahead it may be */
export function isImplausible(tat: number, now: number, longestMs: number): boolean {
  return tat > now + longestMs + MAX_CLOCK_ERROR_MS;
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
/** Of requests without slots that are made up for, how many. */
const MAX_DEBT_SECONDS = 60;

export interface ReservationsOptions {
  /** Of the limit: a request, or a host. */
  readonly id: string;
  /** Requests per second of all processes; Infinity: no slots are needed. */
  readonly perSecond: () => number;
  /** How long a slot is usable after its time. */
  readonly lifeMs: number;
  /** What to read together with the TAT, because `perSecond` depends on it. */
  readonly refresh: () => Promise<unknown>;
  /** What this process could use now. Asked again when the TAT is known. */
  readonly demand: () => Demand;
}

/** How many more slots the work of this process could use within a second. */
export interface Demand {
  readonly slots: number;
  /** Those of them whose work cannot be deferred. */
  readonly urgent: number;
}

/** The slots that this process has reserved in one limit of requests per second (GCRA). */
export class Reservations {
  /** Milliseconds since the epoch, ascending. */
  private slots: number[] = [];
  /** Until when slots are kept for work that opens its connection. */
  private claimed: number[] = [];
  /** Requests that were sent without a slot: so many slots must not be used. */
  private debt = 0;
  private tat: number | undefined;
  private implausibleTat: number | undefined;
  private readonly calls: PacedCalls;

  constructor(
    private readonly context: LimiterContext,
    private readonly options: ReservationsOptions,
  ) {
    this.calls = new PacedCalls(context);
  }

  /** Requests per second of all processes; Infinity: no slots are needed. */
  get perSecond(): number {
    return this.options.perSecond();
  }

  get isActive(): boolean {
    return this.perSecond !== Number.POSITIVE_INFINITY;
  }

  get isIdle(): boolean {
    return this.calls.isIdle && this.debt === 0;
  }

  /** Slots that are kept for nobody. */
  get free(): number {
    return this.slots.length - this.claimed.length;
  }

  /** When {@link reserve} has something to do, if nothing else happens. */
  get nextCallAt(): number {
    return this.isMissing ? this.calls.at : Number.POSITIVE_INFINITY;
  }

  /** Forgets slots that were not used in time, and those of a pause. @param notBefore the end of the pause */
  expire(now: number, notBefore = 0): void {
    this.slots = this.slots.filter((at) => at + this.options.lifeMs > now && at >= notBefore);
    this.claimed = this.claimed.filter((until) => until > now);
    if (!this.isActive) this.debt = 0;
  }

  /** The time of the n-th slot, from 0; Infinity: it is not reserved. */
  slotAt(n: number): number {
    return this.slots[n] ?? Number.POSITIVE_INFINITY;
  }

  /** Uses the next slot. @returns until when */
  use(): number {
    return (this.slots.shift() ?? Number.NEGATIVE_INFINITY) + this.options.lifeMs;
  }

  /** Keeps the next free slot for work that opens its connection. @param place how many others wait for slots @returns what {@link unclaim} takes */
  claim(place: number): number {
    const until = this.slotAt(this.claimed.length + place) + this.options.lifeMs;
    this.claimed.push(until);
    return until;
  }

  unclaim(until: number): void {
    const index = this.claimed.indexOf(until);
    if (index !== -1) this.claimed.splice(index, 1);
  }

  /** How many slots are kept for work that opens its connection. */
  get claims(): number {
    return this.claimed.length;
  }

  /** A request was sent without a slot: one slot is not used. */
  addDebt(): void {
    if (!this.isActive || this.slots.shift() !== undefined) return;
    this.debt = Math.min(this.debt + 1, MAX_DEBT_SECONDS * maxSlots(this.perSecond));
  }

  /** When the slot after `place` further ones is free, as far as this process knows. */
  freeAt(now: number, place: number): number {
    const next = Math.max(now, this.tat ?? 0, this.calls.blockedUntil);
    return next + place * spacingMs(this.perSecond);
  }

  /** Reserves what is missing, if a call is due. */
  reserve(now: number): void {
    if (this.isMissing) this.calls.run(now, () => this.call());
  }

  private get isMissing(): boolean {
    return this.isActive && this.options.demand().slots + this.debt > 0;
  }

  private async call(): Promise<void> {
    const { store, onFree } = this.context;
    const { id, refresh } = this.options;
    const [tat] = await this.calls.inTime(Promise.all([store.tat(id), refresh()]));
    this.tat = tat;
    const rate = this.perSecond;
    const demand = this.options.demand();
    const missing = demand.slots + this.debt;
    if (rate === Number.POSITIVE_INFINITY || missing <= 0) return;
    const now = this.context.now();
    const spacing = spacingMs(rate);
    if (tat !== undefined && isImplausible(tat, now, maxSlots(rate) * spacing + horizonMs(spacing)))
      return await this.reset(tat, now);
    // Deferrable work reserves no slots that are far away.
    const isFar = (tat ?? 0) >= now + MAX_WAIT_MS;
    const horizon = isFar ? horizonMs(spacing) : MAX_WAIT_MS;
    const slots = Math.min(maxSlots(rate), isFar ? demand.urgent + this.debt : missing);
    const update = slots > 0 ? reservation(tat, now, { slots, spacing, horizon }) : undefined;
    if (update === undefined) return this.backOff(now, horizon, spacing);
    this.calls.at = now + CALL_INTERVAL_MS;
    const after = await this.calls.inTime(store.updateTat(id, update));
    this.tat = after.tat;
    if (!after.done || after.tat === undefined) return this.backOff(now, horizon, spacing);
    this.calls.succeeded();
    if (update.kind === "set") onFree();
    const paid = Math.min(this.debt, slots);
    this.debt -= paid;
    for (let n = slots - paid; n > 0; n--) this.slots.push(after.tat - n * spacing);
    this.slots.sort((a, b) => a - b);
  }

  /** Replaces a TAT that is implausible, once it was read twice. */
  private async reset(tat: number, now: number): Promise<void> {
    const isSecond = this.implausibleTat === tat;
    this.implausibleTat = tat;
    this.calls.at = now + CALL_INTERVAL_MS;
    if (!isSecond) return;
    const update = { kind: "reset", to: now, from: tat } as const;
    this.tat = (await this.calls.inTime(this.context.store.updateTat(this.options.id, update))).tat;
  }

  private backOff(now: number, horizon: number, spacing: number): void {
    const mostMs = Math.min(MAX_BACKOFF_MS, Math.max(CALL_INTERVAL_MS, MAX_BACKOFF_SLOTS * spacing));
    this.calls.failed({ freeAt: (this.tat ?? now) - horizon, mostMs });
  }
}
