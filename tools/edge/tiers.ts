import { targetOf } from "./cache.ts";
import { invalidated } from "./invalidation.ts";
import type { OriginClient } from "./origin-client.ts";
import { Tier } from "./tier.ts";

export interface Tiers {
  /** The cache of a POP, by the POP's name. */
  readonly pops: ReadonlyMap<string, Tier>;
  /** The caches behind them, by the REC's name. */
  readonly recs: ReadonlyMap<string, Tier>;
  /**
   * Removes paths from every tier at once.
   *
   * @param domain one distribution; absent: all
   * @returns how many entries were removed, in all tiers together
   */
  invalidate(paths: readonly string[], domain?: string): number;
}

/** Wires POP → REC → origin. */
export function wireTiers(recOfPop: ReadonlyMap<string, string>, origin: OriginClient, now: () => number): Tiers {
  const recs = new Map([...new Set(recOfPop.values())].map((name) => [name, recTier(origin, now)]));
  const pops = new Map<string, Tier>();
  for (const [pop, rec] of recOfPop) {
    const parent = recs.get(rec);
    if (parent) pops.set(pop, new Tier({ layer: "pop", parent, upstream: (key) => parent.get(key), now }));
  }
  return {
    pops,
    recs,
    invalidate(paths, domain) {
      const matches = invalidated(paths, domain);
      return [...recs.values(), ...pops.values()].reduce((gone, tier) => gone + tier.invalidate(matches), 0);
    },
  };
}

function recTier(origin: OriginClient, now: () => number): Tier {
  return new Tier({
    layer: "rec",
    now,
    upstream: async (key, known) => {
      const { entry, unchanged } = await origin.fetch(targetOf(key), known);
      // On a 304 the body is the REC's own.
      return { entry, layer: unchanged ? "rec" : "origin", refreshed: unchanged };
    },
  });
}
