import { ownerOf } from "../../domain/origin/owner.ts";
import { seatsOf } from "../../domain/origin/seats.ts";
import { mostSharers } from "../../domain/origin/sharers.ts";
import { nextOwnTurn, nextTurn, turnAt, turnsPerSecond } from "../../domain/origin/turns.ts";
import type { OriginLimits } from "../../domain/request/origin-limits.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Beat } from "../../domain/request/progress.ts";
import { type Arrangement, arrangementOf, readingMs, sharersOf } from "./arrangement.ts";
import { Views } from "./views.ts";

/** Without a reading for so many of their intervals, nothing is asked. */
const BLIND = 2.25;
/** What a download is taken to last until some have ended, and how much the newest one counts. */
const ASSUMED_MS = 1_000;
const NEWEST = 0.1;
/** However few of those who receive have a share, no more waits here than so many times the usual. */
const MOST_CROWDED = 10;

/** What this process may do of what others share. UNKNOWN: it has not looked yet. PASSES: others do it, it has no share. */
type Part = "UNKNOWN" | "SHARES" | "PASSES";

/**
 * What this process may ask of an origin for one request that has limits. All times are in milliseconds since the epoch:
 * the processes share that clock and nothing else.
 */
export class Budget {
  private readonly views = new Views();
  private readonly most: number;
  private looked: Part = "UNKNOWN";
  private everyMsNow: number;
  private readAt = Number.NEGATIVE_INFINITY;
  private last = -1;
  /** The turn that was found last: looking for it takes as many steps as there are processes. */
  private found: number | undefined;
  private seated = 0;
  private downloadMs = ASSUMED_MS;

  /** @param self the name of this process in beats */
  constructor(
    readonly limits: OriginLimits,
    private readonly self: string,
    private readonly patience: Patience,
  ) {
    this.most = mostSharers(limits);
    this.everyMsNow = readingMs(patience, 1);
  }

  /**
   * Looks whether others are enough, before this process joins them. @param beats undefined: they could not be read
   * @returns whether it is to join
   */
  look(beats: readonly Beat[] | undefined, now: number): boolean {
    const joins = beats !== undefined && sharersOf(beats, now, this.patience) < this.most;
    this.looked = joins ? "SHARES" : "PASSES";
    return joins;
  }

  /** What the beats of the request say now, once it has joined. */
  read(beats: readonly Beat[], now: number): void {
    const seen = arrangementOf(beats, this.self, now, this.patience, this.most);
    this.readAt = now;
    this.found = undefined;
    this.everyMsNow = readingMs(this.patience, sharersOf(beats, now, this.patience));
    if (seen === undefined) {
      this.views.clear();
      return;
    }
    this.looked = "SHARES";
    this.views.add(seen, this.everyMsNow, now);
  }

  /** How long after a reading the next one is due. */
  get everyMs(): number {
    return this.everyMsNow;
  }

  get part(): Part {
    const { latest } = this.views;
    return latest !== undefined && latest.index < 0 ? "PASSES" : this.looked;
  }

  /** When the next request may be sent; Infinity: that depends on others, or on what is under way. @param seated it has a seat */
  nextAt(now: number, seated = false): number {
    const { requests_per_second: perSecond } = this.limits;
    if (this.isBlind(now)) return Number.POSITIVE_INFINITY;
    const at = seated ? Math.max(now, this.views.readyAt) : this.seatAt(now);
    if (at > now || perSecond === undefined) return at;
    const turn = this.turn(now, perSecond);
    return turn === undefined ? Number.POSITIVE_INFINITY : Math.max(now, turnAt(turn, perSecond));
  }

  /** The same for what needs a seat and no turn. */
  nextSeatAt(now: number): number {
    return this.isBlind(now) ? Number.POSITIVE_INFINITY : this.seatAt(now);
  }

  /** For how long nothing may be asked, because nobody can know yet that this process shares the limits. */
  pauseMs(now: number): number {
    return this.isBlind(now) ? 0 : Math.max(0, this.views.readyAt - now);
  }

  /** One is sent. */
  take(now: number): void {
    const { requests_per_second: perSecond } = this.limits;
    if (perSecond === undefined) return;
    this.last = this.turn(now, perSecond) ?? this.last;
    this.found = undefined;
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
  freeSeats(at: number): number {
    const { concurrency } = this.limits;
    if (concurrency === undefined) return Number.POSITIVE_INFINITY;
    const { latest } = this.views;
    if (latest === undefined) return 0;
    const shares = this.views.at(at).map((arrangement) => seatsOf(concurrency, arrangement, 0));
    return Math.max(0, Math.min(...shares, concurrency - latest.others) - this.seated);
  }

  /** Requests a second that this process may send by its turns; as long as nobody knows who shares them, all of them. */
  get turnsPerSecond(): number {
    const { requests_per_second: perSecond } = this.limits;
    if (perSecond === undefined) return Number.POSITIVE_INFINITY;
    return turnsPerSecond(perSecond) / this.count;
  }

  /** Requests a second that its seats allow, at the pace of late. @param atLeast so many seats */
  seatsPerSecond(atLeast = 0): number {
    const { concurrency } = this.limits;
    if (concurrency === undefined) return Number.POSITIVE_INFINITY;
    const place = this.views.latest ?? { index: this.part === "PASSES" ? -1 : 0, count: 1 };
    return (Math.max(atLeast, seatsOf(concurrency, place, 0)) * 1_000) / Math.max(1, this.downloadMs);
  }

  /** How often a message goes to somebody without a share before it comes to somebody with one: here it may wait the longer. */
  get crowding(): number {
    const { latest } = this.views;
    return latest === undefined ? 1 : Math.min(MOST_CROWDED, Math.max(1, latest.crowd / latest.count));
  }

  /** Whether there are more processes than share it, as far as anybody knows. */
  get isCrowded(): boolean {
    const { latest } = this.views;
    return latest === undefined || latest.crowd > latest.count;
  }

  private get count(): number {
    return this.views.latest?.count ?? (this.part === "PASSES" ? this.most : 1);
  }

  /** When there may be a seat that is free. */
  private seatAt(now: number): number {
    const { readyAt, settledAt } = this.views;
    return (
      [Math.max(now, readyAt), settledAt].find((at) => at >= now && this.freeSeats(at) > 0) ?? Number.POSITIVE_INFINITY
    );
  }

  /** Whether it does not know who shares the limits. */
  private isBlind(now: number): boolean {
    return this.views.latest === undefined || now - this.readAt > BLIND * this.everyMs;
  }

  private turn(now: number, perSecond: number): number | undefined {
    // It has not passed by, unless it is late.
    if (this.found === undefined || nextTurn(now, this.found - 1, perSecond) !== this.found)
      this.found = nextOwnTurn(now, this.last, perSecond, (turn) => this.owns(turn, perSecond));
    return this.found;
  }

  private owns(turn: number, perSecond: number): boolean {
    return this.views.at(turnAt(turn, perSecond)).every((arrangement) => this.ownsIn(turn, arrangement));
  }

  private ownsIn(turn: number, { index, sharers }: Arrangement): boolean {
    return index >= 0 && ownerOf(turn, sharers) === this.self;
  }
}
