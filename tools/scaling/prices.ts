/** List prices of us-east-1 in dollars, without free tiers, as AWS's pages had them in November 2026; docs/scaling.md links them. */
export const PRICE = {
  sqsCall: 0.4e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  dynamoStorageGbMonth: 0.25,
  lambdaGbSecond: 1.33334e-5,
  lambdaCall: 0.2e-6,
  /** c7gn.large, Spot being about 40 % of On-Demand. */
  instanceHour: 0.1248 * 0.4,
  publicAddressHour: 0.005,
  /** HTTPS, United States. */
  edgeRequest: 1e-6,
};

/** CloudFront to viewers, United States and Europe: dollars a GB within so many GB a month. Elsewhere it costs up to 1.4 times as much, in the first step. */
const EDGE_STEPS: readonly (readonly [gigabytes: number, price: number])[] = [
  [10_000, 0.085],
  [40_000, 0.08],
  [100_000, 0.06],
  [350_000, 0.04],
  [524_000, 0.03],
  [4_000_000, 0.025],
  [Number.POSITIVE_INFINITY, 0.02],
];

/** What CloudFront bills for so many bytes to viewers, an EC2 instance being one, in a month without other traffic. */
export function edgeBytesPrice(bytes: number): number {
  let left = bytes / 1e9;
  let sum = 0;
  for (const [gigabytes, price] of EDGE_STEPS) {
    const part = Math.min(left, gigabytes);
    sum += part * price;
    left -= part;
  }
  return sum;
}

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
 * Of c7gn.large: cores, and Gbit/s through an internet gateway. That is where an edge's addresses are reached, and AWS bounds
 * it to 5 for every type with fewer than 32 vCPUs, whatever else the type can do.
 */
export const INSTANCE = { cores: 2, gigabits: 5 };
