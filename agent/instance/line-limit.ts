/** Lines that were left out: how many, and what they would have said. */
export interface LeftOut {
  readonly of: string;
  readonly lines: number;
}

/**
 * Lets so many lines of a kind through in a minute, and counts the others. Thousands of failures a second would fill the
 * disk within a request, and say the same thousands of times: each is in the table of results.
 */
export class LineLimit {
  private readonly seen = new Map<string, number>();

  constructor(private readonly perMinute: number) {}

  /** Whether one more line of this kind may be written. */
  admits(kind: string): boolean {
    const lines = (this.seen.get(kind) ?? 0) + 1;
    this.seen.set(kind, lines);
    return lines <= this.perMinute;
  }

  /** Begins another minute. @returns what the last one left out, by kind */
  turn(): LeftOut[] {
    const leftOut = [...this.seen]
      .map(([of, lines]) => ({ of, lines: lines - this.perMinute }))
      .filter(({ lines }) => lines > 0);
    this.seen.clear();
    return leftOut;
  }
}
