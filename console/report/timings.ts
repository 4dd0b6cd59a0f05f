/** Of some durations in milliseconds, what half of them and 95 of 100 do not exceed. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** How long the good tasks of the POPs under one regional edge cache took. */
export interface RecTimings {
  /** Null: of POPs whose REC is not known. */
  readonly rec: string | null;
  readonly tasks: number;
  /** To the head of the answer. Absent: it was not measured. */
  readonly firstByte?: Spread;
  /** From the start of the first attempt to the end of the last. Absent: it was not measured. */
  readonly whole?: Spread;
}
