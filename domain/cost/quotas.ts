/** Quotas that a new account has, or that AWS does not raise. */
export const QUOTA = {
  /** DynamoDB on demand, a table: write units a second; adjustable. */
  tableWrites: 40_000,
  /** Messages in flight of a standard queue. */
  inFlight: 120_000,
  /** Spot vCPUs of standard families a region that a new account often starts with; adjustable. */
  spotVcpus: 640,
  /** CloudFront requests a second a distribution; adjustable. */
  edgeRequests: 250_000,
  /** Gbit/s a distribution; adjustable. */
  edgeGigabits: 150,
  /** For how long a message may be in flight. */
  inFlightHours: 12,
};

/** What a new on-demand table takes from its first second on, and how often its peak may double. */
export const NEW_TABLE = { writes: 4_000, doublesAfterSeconds: 1_800 };

/**
 * Gbit/s of an instance through an internet gateway. That is where an edge's addresses are reached, and AWS bounds it to 5
 * for every type with fewer than 32 vCPUs, whatever else the type can do.
 */
export const LINK_GIGABITS = 5;

/** A minute to boot, install and start. */
export const BOOT_SECONDS = 60;

/** How long a new table needs for so many writes: what it takes doubles every half hour, up to its quota. */
export function secondsToWrite(writes: number): number {
  let left = writes;
  let rate = NEW_TABLE.writes;
  let seconds = 0;
  while (rate < QUOTA.tableWrites && left > rate * NEW_TABLE.doublesAfterSeconds) {
    left -= rate * NEW_TABLE.doublesAfterSeconds;
    seconds += NEW_TABLE.doublesAfterSeconds;
    rate = Math.min(QUOTA.tableWrites, 2 * rate);
  }
  return seconds + left / rate;
}
