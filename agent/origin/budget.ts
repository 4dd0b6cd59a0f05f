import { seatsOf } from "../../domain/origin/seats.ts";
import { nextTurn, turnAt, turnsPerSecond } from "../../domain/origin/turns.ts";
import type { OriginLimits } from "../../domain/request/origin-limits.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Beat } from "../../domain/request/progress.ts";
import { type Arrangement, arrangementOf, readingMs } from "./arrangement.ts";

/** A change counts once it has stood for so many readings: every other process has read since, and asks nothing either. */
const STANDS = 1.25;
/** Without a reading for so many of their intervals, nothing is asked. */
const BLIND = 2.25;
/** What a download is taken to last until some have ended, and how much the newest one counts. */
const ASSUMED_MS = 1_000;
const NEWEST = 0.1;

/**
 * What this process may ask of an origin for one request that has limits. All times are in milliseconds since the epoch:
 * the processes share that clock and nothing else.
 */
export class Budget {
  private arrangement: Arrangement | undefined;
  /** When the arrangement was seen first, and when it was seen last. */
  private since = 0;
  private readAt = Number.NEGATIVE_INFINITY;
  private last = -1;
  private seated = 0;
  private downloadMs = ASSUMED_MS;

  /** @param self the name of this process in beats */
  constructor(
    readonly limits: OriginLimits,
    private readonly self: string,
    private readonly patience: Patience,
  ) {}

  /** What the beats of the request say now. */
  read(beats: readonly Beat[], now: number): void {
    const seen = arrangementOf(beats, this.self, now, this.patience);
    if (seen?.key !== this.arrangement?.key) this.since = now;
    this.arrangement = seen;
    this.readAt = now;
  }

  /** How long after a reading the next one is due. */
  get everyMs(): number {
    return readingMs(this.patience, this.arrangement?.count ?? 1);
  }

  /** When the next request may be sent; Infinity: that depends on others, or on what is under way. @param seated it has a seat */
  nextAt(now: number, seated = false): number {
    const { requests_per_second: perSecond } = this.limits;
    if (this.isBlind(now) || (!seated && this.freeSeats === 0)) return Number.POSITIVE_INFINITY;
    if (now < this.standsAt) return this.standsAt;
    return perSecond === undefined ? now : Math.max(now, turnAt(this.turn(now, perSecond), perSecond));
  }

  /** For how long nothing may be asked, because who shares the limits has just changed. */
  pauseMs(now: number): number {
    return this.isBlind(now) ? 0 : Math.max(0, this.standsAt - now);
  }

  /** One is sent. */
  take(now: number): void {
    const { requests_per_second: perSecond } = this.limits;
    if (perSecond !== undefined && this.arrangement !== undefined) this.last = this.turn(now, perSecond);
  }

  sit(): void {
    this.seated++;
  }

  get isInUse(): boolean {
    return this.seated > 0;
  }

  /** @param ms how long it had the seat */
  rise(ms: number): void {
    this.seated--;
    this.downloadMs += (ms - this.downloadMs) * NEWEST;
  }

  /** How many more may be under way at once. */
  get freeSeats(): number {
    const { concurrency } = this.limits;
    if (concurrency === undefined) return Number.POSITIVE_INFINITY;
    if (this.arrangement === undefined) return 0;
    return Math.max(0, seatsOf(concurrency, this.arrangement, this.arrangement.others) - this.seated);
  }

  /** Requests a second that this process may send by its turns; as long as nobody knows who shares them, all of them. */
  get turnsPerSecond(): number {
    const { requests_per_second: perSecond } = this.limits;
    if (perSecond === undefined) return Number.POSITIVE_INFINITY;
    return turnsPerSecond(perSecond, { count: this.arrangement?.count ?? 1 });
  }

  /** Requests a second that its seats allow, at the pace of late. @param atLeast so many seats */
  seatsPerSecond(atLeast = 0): number {
    const { concurrency } = this.limits;
    if (concurrency === undefined) return Number.POSITIVE_INFINITY;
    const { index, count } = this.arrangement ?? { index: 0, count: 1 };
    return (Math.max(atLeast, seatsOf(concurrency, { index, count }, 0)) * 1_000) / Math.max(1, this.downloadMs);
  }

  private get standsAt(): number {
    return this.since + STANDS * this.everyMs;
  }

  /** Whether it does not know who shares the limits. */
  private isBlind(now: number): boolean {
    return this.arrangement === undefined || now - this.readAt > BLIND * this.everyMs;
  }

  private turn(now: number, perSecond: number): number {
    return nextTurn(now, this.last, perSecond, this.arrangement ?? { index: 0, count: 1 });
  }
}
