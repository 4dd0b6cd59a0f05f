import type { BackOff } from "../../domain/origin/back-off.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Cancellation } from "../work/cancellation.ts";
import { StoppingError } from "../work/stopping.ts";
import type { Budget } from "./budget.ts";
import { ComeBack, LEAST_MS, PLENTY_TO_PASS_ON } from "./come-back.ts";
import { PutOffError } from "./put-off.ts";
import { Seat } from "./seat.ts";

/** However fast it goes, no more wait here than this. */
const MOST_WAITING = 1_000;
/** The tasks of one message stay together, as long as no more than so many times the usual wait here. */
const TOGETHER = 2;
/** A timer takes no more. */
const LONGEST_TIMER_MS = 60_000;

interface Waiter {
  /** Its message. Of a download under way it does not matter. */
  readonly of?: object | undefined;
  /** A download under way that has its seat still. */
  readonly isSeated: boolean;
  readonly go: () => void;
  readonly fail: (error: Error) => void;
}

/** What decides over a line: the limits of its request, or its origin's back-off, or both. */
export interface LineOptions {
  readonly budget: Budget | undefined;
  readonly backOff: BackOff;
  readonly patience: Patience;
}

/** Downloads of one request that wait for their turns at one origin. They hold no slot meanwhile. */
export class Line {
  /** Downloads under way go first: most hold slots. */
  private readonly under: Waiter[] = [];
  private readonly waiting: Waiter[] = [];
  /** Checks need a seat and no turn. */
  private readonly checks: Waiter[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly comeBack: ComeBack;
  /** Of what others are to ask for: they wait for it. */
  private readonly passOn: ComeBack;

  constructor(private readonly options: LineOptions) {
    this.comeBack = new ComeBack(options.patience, Date.now());
    this.passOn = new ComeBack(options.patience, Date.now(), LEAST_MS, PLENTY_TO_PASS_ON);
  }

  get isEmpty(): boolean {
    return this.waiting.length + this.under.length + this.checks.length === 0;
  }

  /**
   * Waits for the turn of a download that has not begun.
   * @param of its message: tasks that ask one after the other are put off together, or wait together
   * @returns its seat, to be given back; undefined: it was cancelled
   * @throws PutOffError if it would have to wait for too long; StoppingError
   */
  async turn(cancellation: Cancellation, of?: object): Promise<Seat | undefined> {
    const { room } = this;
    if (this.passes) this.passOn.offer(Date.now(), this.roomAt(this.mayAsk));
    else this.comeBack.offer(Date.now(), room);
    if (this.waiting.length >= this.roomFor(of, this.waiting.length, room)) throw this.putOff();
    const hasTurn = await this.wait(this.waiting, cancellation, of);
    return hasTurn ? new Seat(this.options.budget, () => this.pump()) : undefined;
  }

  /**
   * Waits for another turn of a download that is under way.
   * @throws PutOffError if the origin wants to be left alone; StoppingError
   */
  async again(cancellation: Cancellation): Promise<void> {
    if (this.isPaused) throw this.putOff();
    await this.wait(this.under, cancellation, undefined, true);
  }

  /**
   * Waits for another turn, and another seat, of a download that gave its seat back in between. Such ones go first, too.
   * @returns its seat; undefined: it was cancelled
   * @throws as {@link again}
   */
  async returns(cancellation: Cancellation): Promise<Seat | undefined> {
    if (this.isPaused) throw this.putOff();
    const hasTurn = await this.wait(this.under, cancellation);
    return hasTurn ? new Seat(this.options.budget, () => this.pump()) : undefined;
  }

  /**
   * Waits for a seat of a check, whose download gave its seat back. It takes no turn: as a rule the POP has the object, and a check that
   * reached the origin all the same is counted afterwards.
   * @returns its seat; undefined: it was cancelled, or nothing limits the concurrency
   * @throws PutOffError if this process has no share of the limits any more; StoppingError
   */
  async seat(cancellation: Cancellation): Promise<Seat | undefined> {
    const { budget } = this.options;
    if (budget?.limits.concurrency === undefined) return undefined;
    if (this.passes) throw this.putOff();
    const hasSeat = await this.wait(this.checks, cancellation);
    return hasSeat ? new Seat(budget, () => this.pump()) : undefined;
  }

  /** Lets go on what may, and puts off what would have to wait for too long. Call it when something has changed. */
  look(): void {
    const { room } = this;
    let kept = Math.min(room, this.waiting.length);
    while (kept < this.waiting.length && kept < this.roomFor(this.waiting[kept]?.of, kept, room)) kept++;
    for (const { fail } of this.waiting.splice(kept)) fail(this.putOff());
    // They would hold their slots for the whole pause.
    if (this.isPaused) for (const { fail } of this.under.splice(0)) fail(this.putOff());
    // Nobody would give it a seat here.
    if (this.passes) for (const { fail } of this.checks.splice(0)) fail(this.putOff());
    this.pump();
  }

  /** Nothing goes on here any more. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const line of [this.under, this.waiting, this.checks])
      for (const { fail } of line.splice(0)) fail(new StoppingError());
  }

  private get isPaused(): boolean {
    return this.options.backOff.pauseMs(Date.now()) > this.options.patience.turnMs;
  }

  /** How many may wait here: as many as have their turns soon. */
  private get room(): number {
    const { budget, backOff } = this.options;
    if (this.isPaused || this.passes) return 0;
    // It looks first who shares the limits, and that is soon known.
    if (budget?.part === "UNKNOWN") return MOST_WAITING;
    const turns = Math.min(budget?.turnsPerSecond ?? MOST_WAITING, backOff.perSecond(Date.now()));
    const seats =
      budget === undefined ? MOST_WAITING : budget.freeSeats(Date.now()) + this.soon(budget.seatsPerSecond());
    return Math.min(this.roomAt(turns), seats);
  }

  /** Split, a message is several: each is sent, received and deleted again. Where most pass on, more would wait too long for one. */
  private roomFor(of: object | undefined, place: number, room: number): number {
    const { budget } = this.options;
    const staysTogether = of !== undefined && this.waiting[place - 1]?.of === of && budget?.isCrowded !== true;
    return staysTogether ? TOGETHER * room : room;
  }

  private get passes(): boolean {
    return this.options.budget?.part === "PASSES";
  }

  private roomAt(perSecond: number): number {
    return Math.min(MOST_WAITING, Math.max(1, this.soon(perSecond)));
  }

  /** How many have their turns soon. */
  private soon(perSecond: number): number {
    const { budget, patience } = this.options;
    return Math.floor(perSecond * (patience.turnMs / 1_000) * (budget?.crowding ?? 1));
  }

  private get mayAsk(): number {
    const { budget, backOff } = this.options;
    return Math.min(
      budget?.turnsPerSecond ?? Number.POSITIVE_INFINITY,
      // With fewer seats than processes, who has one must be offered enough: so all pass on as if they had.
      budget?.seatsPerSecond(1) ?? Number.POSITIVE_INFINITY,
      backOff.perSecond(Date.now()),
    );
  }

  private putOff(): PutOffError {
    const { budget, backOff } = this.options;
    const now = Date.now();
    const least = Math.max(backOff.pauseMs(now), budget?.pauseMs(now) ?? 0);
    const mean = (this.passes ? this.passOn : this.comeBack).meanMs(now, this.mayAsk);
    // Hardly anything is left: the next who receives it may have a share.
    if (this.passes && mean <= LEAST_MS) return new PutOffError(backOff.pauseMs(now), 0);
    return new PutOffError(least + mean / 2, mean);
  }

  /** @returns false: it was cancelled */
  private async wait(line: Waiter[], cancellation: Cancellation, of?: object, isSeated = false): Promise<boolean> {
    if (this.closed) throw new StoppingError();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        of,
        isSeated,
        go: () => {
          cancellation.delete(cut);
          resolve(true);
        },
        fail: (error) => {
          cancellation.delete(cut);
          reject(error);
        },
      };
      const cut = () => {
        const place = line.indexOf(waiter);
        if (place !== -1) line.splice(place, 1);
        resolve(false);
      };
      line.push(waiter);
      cancellation.add(cut);
      this.pump();
    });
  }

  private pump(): void {
    clearTimeout(this.timer);
    while (!this.isEmpty) {
      const now = Date.now();
      const seatAt = this.seatChecks(now);
      const turnAt = this.waiting.length + this.under.length > 0 ? this.nextAt(now) : Number.POSITIVE_INFINITY;
      if (turnAt > now) {
        const at = Math.min(seatAt, turnAt);
        // Without a moment, something else will call.
        if (at < Number.POSITIVE_INFINITY) this.timer = setTimeout(() => this.pump(), wait(at - now));
        return;
      }
      const { budget, backOff } = this.options;
      budget?.take(now);
      backOff.take(now);
      const next = this.under.shift() ?? this.waiting.shift();
      if (next?.isSeated !== true) budget?.sit();
      next?.go();
    }
  }

  /** @returns when the next check may have a seat; Infinity: none waits, or that depends on others */
  private seatChecks(now: number): number {
    const { budget } = this.options;
    while (this.checks.length > 0) {
      const at = budget?.nextSeatAt(now) ?? now;
      if (at > now) return at;
      budget?.sit();
      this.checks.shift()?.go();
    }
    return Number.POSITIVE_INFINITY;
  }

  private nextAt(now: number): number {
    const { budget, backOff } = this.options;
    const seated = this.under[0]?.isSeated === true;
    return Math.max(budget?.nextAt(now, seated) ?? now, backOff.nextAt(now));
  }
}

function wait(ms: number): number {
  return Math.min(LONGEST_TIMER_MS, Math.ceil(ms));
}
