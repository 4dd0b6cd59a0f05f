import { Accepted } from "./accepted.ts";
import { Tolerance } from "./tolerance.ts";

/** After a refusal nothing is asked for so long, unless the origin says for how long. */
const PAUSE_MS = 1_000;
/**
 * How long the first one is believed that wants to be left alone, where nothing good has come yet. Good answers may be on
 * their way: downloads take longer than refusals.
 */
const FIRST_WAIT_MS = 3_000;
/** A rate is measured over this time. */
const MEASURED_MS = 1_000;
/** No origin is asked less often, in requests a second: else nobody would see that it has recovered. */
const LEAST = 0.2;
/** From here on there is no limit any more. */
const UNLIMITED = 1_000;
/** Of what an origin accepted, so much is asked after its first refusal: other processes ask it, too. */
const FIRST_CUT = 0.8;
/** Where no larger share of what was on its way is refused, nothing is cut after all. */
const FEW = 0.05;
/** Later refusals cut the rate at least to this share, and at most to the other. */
const CUT = { least: 0.8, most: 0.5 };

/** Where a process begins, in requests a second, that knows nothing of an origin but that it refused others. */
const CAREFUL = 1;
/** It may ask so many times what was accepted in the last three seconds. */
const SHOWN = 8;
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
  private readonly tolerance = new Tolerance();
  /** Requests a second; undefined: no limit. */
  private rate: number | undefined;
  /** The first cut waits for the answers that are on their way: they say what the origin accepts. */
  private unmeasured = false;
  /** Refusals of those that were on their way, with the first. */
  private onTheirWay = 0;
  private cutAt = Number.NEGATIVE_INFINITY;
  private grownAt = 0;
  private pausedUntil = 0;
  /** Whether a good answer has come since the last cut. */
  private answered = false;
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

  /** The origin answered. @param again whether the URL was refused before */
  good(sentAt: number, again = false): void {
    if (again) this.tolerance.goodAgain();
    else this.tolerance.good();
    this.answered = true;
    this.pausedUntil = Math.min(this.pausedUntil, this.cutAt + PAUSE_MS);
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

  /**
   * It refused.
   * @param waitMs how long it asked to be left alone; undefined: it did not say
   * @param again whether the same URL was refused before: as long as others are answered, that says nothing of the origin
   */
  refused(sentAt: number, now: number, waitMs: number | undefined, again = false): void {
    this.grow(now);
    if (again ? this.tolerance.isSure : this.tolerance.refused()) return;
    if (this.unmeasured) this.onTheirWay++;
    // It was on its way when the rate was cut: that is known.
    if (sentAt <= this.cutAt) return;
    this.pausedUntil = now + Math.min(waitMs ?? PAUSE_MS, this.longestPauseMs);
    this.answered = false;
    if (this.rate === undefined) this.measure();
    else this.cut(this.rate, this.accepted.perSecond(sentAt, MEASURED_MS));
    this.rate ??= LEAST;
    this.cutAt = now;
    this.grownAt = now;
    this.nextAsk = 0;
  }

  private measure(): void {
    this.unmeasured = true;
    this.onTheirWay = 1;
  }

  /** As long as good answers come, a wish to be left alone is one URL's own. */
  private get longestPauseMs(): number {
    if (this.answered) return PAUSE_MS;
    return this.cutAt === Number.NEGATIVE_INFINITY ? FIRST_WAIT_MS : Number.POSITIVE_INFINITY;
  }

  private cut(rate: number, accepted: number): void {
    this.rate = Math.max(LEAST, Math.min(rate * CUT.least, Math.max(rate * CUT.most, accepted)));
  }

  /** What a process that began slowly has shown to be accepted allows. */
  private shown(now: number): number {
    return Math.max(CAREFUL, SHOWN * this.accepted.perSecond(now, 3 * MEASURED_MS));
  }

  private grow(now: number): void {
    if (this.rate === undefined || now < this.pausedUntil) return;
    if (this.unmeasured) {
      this.unmeasured = false;
      // The answers that were on their way show that few are refused.
      if (this.onTheirWay <= FEW * this.accepted.perSecond(this.cutAt, MEASURED_MS)) {
        this.rate = undefined;
        return;
      }
      this.rate = Math.max(LEAST, FIRST_CUT * this.accepted.perSecond(this.cutAt, MEASURED_MS));
    }
    const seconds = (now - Math.max(this.grownAt, this.pausedUntil)) / 1_000;
    if (seconds <= 0) return;
    this.grownAt = now;
    this.rate *= Math.exp(growth(now - this.cutAt) * seconds);
    // Else a process that asked nothing meanwhile would begin at full speed after all.
    if (this.cutAt === Number.NEGATIVE_INFINITY) this.rate = Math.min(this.rate, this.shown(now));
    if (this.rate > UNLIMITED) this.rate = undefined;
  }
}
