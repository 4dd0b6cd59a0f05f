import type { PopCounters } from "./counters.ts";
import type { Pop } from "./exchange.ts";
import type { OriginCounts } from "./origin.ts";

export interface EdgeStats {
  /** GETs of whole objects, or of paths that are errors, which reached the origin. */
  readonly originFetches: number;
  /** The same by path, with its query string. */
  readonly originFetchesByPath: Readonly<Record<string, number>>;
  readonly originHeads: number;
  readonly originRanges: number;
  readonly originRevalidations: number;
  readonly byPop: Readonly<Record<string, Readonly<PopCounters>>>;
  readonly dnsQueries: number;
}

/** A copy of the counts as they stand. */
export function edgeStats(origin: OriginCounts, pops: ReadonlyMap<string, Pop>, dnsQueries: number): EdgeStats {
  return {
    originFetches: Object.values(origin.fetches).reduce((sum, fetches) => sum + fetches, 0),
    originFetchesByPath: origin.fetches,
    originHeads: origin.heads,
    originRanges: origin.ranges,
    originRevalidations: origin.revalidations,
    byPop: Object.fromEntries([...pops.values()].map(({ name, counters }) => [name, { ...counters }])),
    dnsQueries,
  };
}
