import { Accepted } from "./accepted.ts";

/** After a refusal nothing is asked for so long, unless the origin says for how long. */
const PAUSE_MS = 1_000;
/** A rate is measured over this time. */
const MEASURED_MS = 1_000;
/** No origin is asked less often, in requests a second: else nobody would see that it has recovered. */
const LEAST = 0.2;
/** From here on there is no limit any more. */
const UNLIMITED = 1_000;
/** Of what an origin accepted, so much is asked after its first refusal: other processes ask it, too. */
const FIRST_CUT = 0.8;
/** Later refusals cut the rate at least to this share, and at most to the other. */
const CUT = { least: 0.8, most: 0.5 };

/** Where a process begins, in requests a second, that knows nothing of an origin but that it refused others. */
const CAREFUL = 1;
/** Whoever had an answer so lately, in milliseconds, knows the origin. */
const KNOWN_MS = 10_000;

/** How the rate grows again, in shares a second, by the milliseconds since the last refusal. */
function growth(sinceCutMs: number): number {
  // It doubles until the first refusal.
  if (sinceCutMs === Number.POSITIVE_INFINITY) return Math.LN2;
  if (sinceCutMs < 20_000) return 0.01;
  return sinceCutMs < 60_000 ? 0.05 : 0.1;
}

/**
 * How often a process may ask an origin that refuses: less after each refusal, then slowly more, and without a limit again in
 * the end. Each process has its own; what they know of each other is what the origin accepts of each. All times are in
 * milliseconds since the epoch.
 */
export class BackOff {
  private readonly accepted = new Accepted();
  /** Requests a second; undefined: no limit. */
  private rate: number | undefined;
  /** The first cut waits for the answers that are on their way: they say what the origin accepts. */
  private unmeasured = false;
  private cutAt = Number.NEGATIVE_INFINITY;
  private grownAt = 0;
  private pausedUntil = 0;
  private nextAsk = 0;
  private goodAt = Number.NEGATIVE_INFINITY;

  /** Whether it holds anything back. */
  get isActive(): boolean {
    return this.rate !== undefined;
  }

  /** Requests a second that may be asked now. */
  perSecond(now: number): number {
    this.grow(now);
    return this.rate ?? Number.POSITIVE_INFINITY;
  }

  /** For how long nothing may be asked at all. */
  pauseMs(now: number): number {
    return Math.max(0, this.pausedUntil - now);
  }

  /** When the next request may be sent. */
  nextAt(now: number): number {
    this.grow(now);
    return this.rate === undefined ? now : Math.max(now, this.pausedUntil, this.nextAsk);
  }

  /** One is sent. */
  take(now: number): void {
    this.grow(now);
    if (this.rate !== undefined) this.nextAsk = Math.max(now, this.nextAsk) + 1_000 / this.rate;
  }

  /** The origin answered. */
  good(sentAt: number): void {
    this.goodAt = Math.max(this.goodAt, sentAt);
    this.accepted.add(sentAt);
  }

  /** Others were refused: without an answer of its own lately, this process begins slowly. */
  beCareful(now: number): void {
    if (this.rate !== undefined || now - this.goodAt <= KNOWN_MS) return;
    this.rate = CAREFUL;
    this.cutAt = Number.NEGATIVE_INFINITY;
    this.grownAt = now;
    this.nextAsk = 0;
  }

  /** It refused. @param waitMs how long it asked to be left alone; undefined: it did not say */
  refused(sentAt: number, now: number, waitMs: number | undefined): void {
    this.grow(now);
    this.pausedUntil = Math.max(this.pausedUntil, now + (waitMs ?? 0));
    // It was on its way when the rate was cut: that is known.
    if (sentAt <= this.cutAt) return;
    this.pausedUntil = Math.max(this.pausedUntil, now + (waitMs ?? PAUSE_MS));
    if (this.rate === undefined) this.unmeasured = true;
    else this.cut(this.rate, this.accepted.perSecond(sentAt, MEASURED_MS));
    this.rate ??= LEAST;
    this.cutAt = now;
    this.grownAt = this.pausedUntil;
    this.nextAsk = 0;
  }

  private cut(rate: number, accepted: number): void {
    this.rate = Math.max(LEAST, Math.min(rate * CUT.least, Math.max(rate * CUT.most, accepted)));
  }

  private grow(now: number): void {
    if (this.rate === undefined || now < this.pausedUntil) return;
    if (this.unmeasured) {
      this.unmeasured = false;
      this.rate = Math.max(LEAST, FIRST_CUT * this.accepted.perSecond(this.cutAt, MEASURED_MS));
    }
    const seconds = (now - this.grownAt) / 1_000;
    if (seconds <= 0) return;
    this.grownAt = now;
    this.rate *= Math.exp(growth(now - this.cutAt) * seconds);
    if (this.rate > UNLIMITED) this.rate = undefined;
  }
}
