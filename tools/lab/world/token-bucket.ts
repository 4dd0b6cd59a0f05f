/** A rate that all connections of a link share. What is not used is kept for a moment only, so that no burst follows. */
export class TokenBucket {
  private tokens = 0;

  /**
   * @param bytesPerSecond `Infinity`: without a limit
   * @param burstSeconds how much of the rate is kept while nobody uses it
   */
  constructor(
    private readonly bytesPerSecond: number,
    private readonly burstSeconds = 0.05,
  ) {}

  /** Time passes. */
  fill(seconds: number): void {
    this.tokens = Math.min(this.bytesPerSecond * this.burstSeconds, this.tokens + this.bytesPerSecond * seconds);
  }

  /** @returns how many of the wanted bytes may pass now */
  take(wanted: number): number {
    const granted = Math.floor(Math.min(wanted, this.tokens));
    this.tokens -= granted;
    return granted;
  }
}
