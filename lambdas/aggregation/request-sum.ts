import type { FailureReason } from "../../domain/result/failure.ts";

/** What a batch holds of one request, while it is added up. */
export interface RequestSum {
  count: number;
  size: number;
  failed: number;
  /** When the newest of its results was written: seconds since the epoch. */
  at: number;
  /** Ids of its records. */
  readonly ids: string[];
  /** How long good tasks took, in milliseconds: of a large batch, every n-th. */
  readonly durations: number[];
  /** Failures added or taken back, by reason. */
  readonly failures: Map<FailureReason, number>;
}

/** The sum of a request, which is there from the first time on that it is asked for. */
export function sumOf(sums: Map<string, RequestSum>, reqId: string): RequestSum {
  const known = sums.get(reqId);
  if (known !== undefined) return known;
  const sum = { count: 0, size: 0, failed: 0, at: 0, ids: [], durations: [], failures: new Map() };
  sums.set(reqId, sum);
  return sum;
}
