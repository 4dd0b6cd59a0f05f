const BUCKET_MS = 100;
const BUCKETS = 40;

/** How many requests an origin accepted lately, by when they were sent: answers come in another order. */
export class Accepted {
  private readonly counts = new Array<number>(BUCKETS).fill(0);
  private readonly stamps = new Array<number>(BUCKETS).fill(-1);

  /** @param sentAt milliseconds since the epoch */
  add(sentAt: number): void {
    const stamp = Math.floor(sentAt / BUCKET_MS);
    const place = stamp % BUCKETS;
    if (this.stamps[place] !== stamp) {
      this.stamps[place] = stamp;
      this.counts[place] = 0;
    }
    this.counts[place] = (this.counts[place] ?? 0) + 1;
  }

  /** Requests a second that were sent in the `ms` before `moment`, and accepted. @param ms at most 3 s */
  perSecond(moment: number, ms: number): number {
    const last = Math.floor(moment / BUCKET_MS);
    const first = last - Math.round(ms / BUCKET_MS);
    const sum = this.stamps.reduce(
      (all, stamp, i) => (stamp > first && stamp <= last ? all + (this.counts[i] ?? 0) : all),
      0,
    );
    return (sum * 1_000) / ms;
  }
}
