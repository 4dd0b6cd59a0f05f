import type { Arrangement } from "./arrangement.ts";

/** A change counts once it has stood for so many readings: every other process has read since. */
const STANDS = 1.25;

/** What was seen, and from when on. Times are in milliseconds, since the epoch. */
interface View {
  readonly arrangement: Arrangement;
  readonly since: number;
  readonly everyMs: number;
}

/**
 * What a process saw of late of who shares limits with it. It may ask only for what is its own by all of it: some of the others
 * may know less, and some more. So what a newcomer takes from the others is free before it begins.
 */
export class Views {
  private views: View[] = [];

  /** @param everyMs how long after this reading the next one is due */
  add(arrangement: Arrangement, everyMs: number, now: number): void {
    const last = this.views.at(-1);
    if (last?.arrangement.key === arrangement.key && last.everyMs === everyMs)
      this.views[this.views.length - 1] = { ...last, arrangement };
    else this.views.push({ arrangement, since: now, everyMs });
    while (this.views.length > 1 && !this.counts(0, now)) this.views.shift();
  }

  clear(): void {
    this.views = [];
  }

  get latest(): Arrangement | undefined {
    return this.views.at(-1)?.arrangement;
  }

  /** When it may begin: it has seen all that the others may still believe. */
  get readyAt(): number {
    return (this.views[0]?.since ?? Number.POSITIVE_INFINITY) + this.standsMs;
  }

  /** When the latest counts alone. */
  get settledAt(): number {
    return (this.views.at(-1)?.since ?? Number.POSITIVE_INFINITY) + this.standsMs;
  }

  /** What counts at a moment that is not before {@link readyAt}. */
  at(moment: number): Arrangement[] {
    return this.views.filter((_, i) => this.counts(i, moment)).map(({ arrangement }) => arrangement);
  }

  private counts(i: number, moment: number): boolean {
    const next = this.views[i + 1];
    return next === undefined || next.since + this.standsMs > moment;
  }

  /** By the slowest of the readers that are known of: some may still read at the interval of before. */
  private get standsMs(): number {
    return STANDS * Math.max(0, ...this.views.map(({ everyMs }) => everyMs));
  }
}
