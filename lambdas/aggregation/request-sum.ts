import type { Count } from "../../domain/plan/ledger.ts";
import type { FailureReason } from "../../domain/result/failure.ts";

/** Counters while they are added up. */
export type Sum = { -readonly [Field in keyof Count]: Count[Field] };

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
  readonly failures: Map<FailureReason, number>;
}

/** The sum of a request, which is there from the first time on that it is asked for. */
export function sumOf(sums: Map<string, RequestSum>, reqId: string): RequestSum {
  const known = sums.get(reqId);
  if (known !== undefined) return known;
  const sum = { pops: new Map(), at: 0, ids: [], durations: [], failures: new Map() };
  sums.set(reqId, sum);
  return sum;
}

/** The sum of a POP, likewise. */
export function popSumOf({ pops }: RequestSum, pop: string): Sum {
  const known = pops.get(pop);
  if (known !== undefined) return known;
  const sum = { download_count: 0, download_size: 0, failed_count: 0 };
  pops.set(pop, sum);
  return sum;
}

/** What the POPs add up to. */
export function totalOf(pops: ReadonlyMap<string, Count>): Count {
  const total = { download_count: 0, download_size: 0, failed_count: 0 };
  for (const sum of pops.values()) {
    total.download_count += sum.download_count;
    total.download_size += sum.download_size;
    total.failed_count += sum.failed_count;
  }
  return total;
}

/** The POPs at which something changes. A result that was written twice changes nothing. */
export function changed(pops: ReadonlyMap<string, Count>): Map<string, Count> {
  const changes = [...pops].filter(
    ([, { download_count, download_size, failed_count }]) =>
      download_count !== 0 || download_size !== 0 || failed_count !== 0,
  );
  return new Map(changes);
}
