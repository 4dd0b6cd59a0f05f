import { askedFor, formOf } from "./cache-key.ts";
import { xCache } from "./edge-headers.ts";
import { type Exchange, type Found, type Pop, type PopCounters, sumOf } from "./exchange.ts";
import type { Origin } from "./origin.ts";
import type { Source } from "./reply.ts";

export interface EdgeStats {
  /** GETs of whole objects, or of paths that are errors, which reached the origin. */
  readonly originFetches: number;
  /** The same by path, with its query string. */
  readonly originFetchesByPath: Readonly<Record<string, number>>;
  readonly originHeads: number;
  readonly originRanges: number;
  readonly originRevalidations: number;
  /** What downloads asked of the origin: every GET but those of one byte. */
  readonly originTaskGets: number;
  /** HEADs and GETs of one byte. */
  readonly originProbes: number;
  /** Requests that an origin's own limit refused, of both kinds. */
  readonly originRefused: number;
  readonly byPop: Readonly<Record<string, Readonly<PopCounters>>>;
}

/** A copy of the counts as they stand. */
export function edgeStats(origin: Origin, servers: readonly Pop[]): EdgeStats {
  const { fetches, heads, ranges, revalidations } = origin.counts();
  const log = origin.log();
  const probes = log.filter(({ probe }) => probe).length;
  const byPop = new Map<string, PopCounters[]>();
  for (const { name, counters } of servers) byPop.set(name, [...(byPop.get(name) ?? []), counters]);
  return {
    originFetches: Object.values(fetches).reduce((sum, count) => sum + count, 0),
    originFetchesByPath: fetches,
    originHeads: heads,
    originRanges: ranges,
    originRevalidations: revalidations,
    originTaskGets: log.length - probes,
    originProbes: probes,
    originRefused: log.filter(({ refused }) => refused).length,
    byPop: Object.fromEntries([...byPop].map(([pop, all]) => [pop, sumOf(all)])),
  };
}

/** One request that a POP answered. */
export interface PopRequestSeen {
  /** Milliseconds since the epoch when the answer was sent, by the edge's clock. */
  readonly at: number;
  readonly pop: string;
  readonly address: string;
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly range: string | undefined;
  /** What of the request's headers is part of the cache key, such as `accept-encoding: br,gzip`. */
  readonly form: string;
  readonly status: number;
  readonly xCache: string;
  /** The layer that had the answer, whether or not the client was told. */
  readonly source: Source;
}

/** Remembers every request, where a lab wants to know which address was asked what. */
export class PopLog {
  readonly requests: PopRequestSeen[] = [];

  add({ pop, request, domain = "", policy }: Exchange, { reply, source, refreshed }: Found, at: number): void {
    const { method = "GET", url = "/", headers } = request;
    const { status } = reply;
    this.requests.push({
      at,
      pop: pop.name,
      address: pop.address,
      method,
      path: url,
      range: headers.range,
      form: formOf(askedFor(domain, url, headers, policy).key),
      status,
      xCache: xCache({ status, source, refreshed }),
      source,
    });
  }
}
