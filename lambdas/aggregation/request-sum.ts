import { addCount, type Count, isNothing, NO_COUNT, type Sum } from "../../domain/result/count.ts";
import type { FailureReason } from "../../domain/result/failure.ts";
import type { FailureExample } from "../../domain/result/failure-group.ts";

/** The failures of a batch that have one reason. */
export interface BatchFailures {
  /** Added, less those that are taken back. */
  tasks: number;
  /** Where some were added. */
  readonly pops: Set<string>;
  /** A few of them. */
  readonly examples: FailureExample[];
}

/** What a batch holds of one request, while it is added up. */
export interface RequestSum {
  /** By POP. */
  readonly pops: Map<string, Sum>;
  /** When the newest of its results was written: seconds since the epoch. */
  at: number;
  /** Ids of its records. */
  readonly ids: string[];
  /** How long good tasks took, in milliseconds: of a large batch, every n-th. */
  readonly durations: number[];
  /** Failures added or taken back, by reason. */
  readonly failures: Map<FailureReason, BatchFailures>;
  /** A few of the results that came uncompressed. */
  readonly uncompressed: string[];
}

/** The sum of a request, which is there from the first time on that it is asked for. */
export function sumOf(sums: Map<string, RequestSum>, reqId: string): RequestSum {
  const known = sums.get(reqId);
  if (known !== undefined) return known;
  const sum = { pops: new Map(), at: 0, ids: [], durations: [], failures: new Map(), uncompressed: [] };
  sums.set(reqId, sum);
  return sum;
}

/** The sum of a POP, likewise. */
export function popSumOf({ pops }: RequestSum, pop: string): Sum {
  const known = pops.get(pop);
  if (known !== undefined) return known;
  const sum = { ...NO_COUNT };
  pops.set(pop, sum);
  return sum;
}

/** What the POPs add up to. */
export function totalOf(pops: ReadonlyMap<string, Count>): Count {
  const total = { ...NO_COUNT };
  for (const sum of pops.values()) addCount(total, sum);
  return total;
}

/** The POPs at which something changes. A result that was written twice changes nothing. */
export function changed(pops: ReadonlyMap<string, Count>): Map<string, Count> {
  return new Map([...pops].filter(([, sum]) => !isNothing(sum)));
}
