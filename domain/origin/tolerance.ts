/** So much of a refusal is borne for each good answer: one in about 33. */
const EARNED = 0.03;
/** In refusals: what a new process bears, and what is kept at most and at least. */
const FIRST = 3;
const MOST = 15;
const LEAST = -1;
/** After so many good answers a process knows an origin. */
const KNOWN = 30;

/**
 * How many refusals are no reason to ask an origin less, because some URLs always fail. Good answers earn them. So a few in
 * a hundred are borne for ever, and more of them only until that is used up. A URL that is refused again does not count.
 */
export class Tolerance {
  private left = FIRST;
  private answers = 0;

  /** Whether the origin is known to be well: a URL that fails again is then the cause. */
  get isSure(): boolean {
    return this.answers >= KNOWN && this.left > 0;
  }

  good(): void {
    this.answers++;
    this.left = Math.min(MOST, this.left + EARNED);
  }

  /** A URL that was refused before is answered: then it was the origin that refused, and not the URL's fault. */
  goodAgain(): void {
    this.left = Math.max(LEAST, this.left - 1);
  }

  /** @returns whether it is borne; never before the first good answer */
  refused(): boolean {
    const borne = this.left >= 1 && this.answers > 0;
    this.left = Math.max(LEAST, this.left - 1);
    return borne;
  }
}
