import type { EdgePop } from "./edge-options.ts";
import { invalidated } from "./invalidation.ts";
import type { OriginClient } from "./origin-client.ts";
import type { Layer } from "./reply.ts";
import { Tier, type Upstream } from "./tier.ts";

export interface Tiers {
  /** The caches of a POP, by the POP's name: one for each of its addresses, or one for all. */
  readonly pops: ReadonlyMap<string, readonly Tier[]>;
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

export interface TiersOptions {
  readonly pops: readonly EdgePop[];
  /** The REC that the others ask instead of the origin. */
  readonly originShield?: string | undefined;
  readonly origin: OriginClient;
  readonly now: () => number;
}

/** Wires POP → REC → origin, with an Origin Shield before the origin if there is one. */
export function wireTiers({ pops, originShield, origin, now }: TiersOptions): Tiers {
  const shield = originShield === undefined ? undefined : recTier("shield", askOrigin(origin, "shield"), now);
  const behindRec: Upstream = shield ? (asked) => shield.get(asked.key, asked) : askOrigin(origin, "rec");
  const recs = new Map(
    [...new Set(pops.map(({ rec }) => rec))].map((name) => [name, recTier("rec", behindRec, now, shield)]),
  );
  if (shield && originShield !== undefined) recs.set(originShield, shield);

  const popTiers = new Map<string, readonly Tier[]>();
  for (const { pop, rec, addresses = 1, caches = "shared" } of pops) {
    const parent = recs.get(rec);
    if (!parent) continue;
    const around = askOrigin(origin, "pop");
    const upstream: Upstream = (asked, known) =>
      asked.policy.rec === "passed" ? around(asked, known) : parent.get(asked.key, asked);
    const count = caches === "own" ? addresses : 1;
    popTiers.set(
      pop,
      Array.from({ length: count }, () => new Tier({ layer: "pop", parent, upstream, now })),
    );
  }
  return {
    pops: popTiers,
    recs,
    invalidate(paths, domain) {
      const matches = invalidated(paths, domain);
      return [...recs.values(), ...[...popTiers.values()].flat()].reduce(
        (gone, tier) => gone + tier.invalidate(matches),
        0,
      );
    },
  };
}

function recTier(layer: "rec" | "shield", upstream: Upstream, now: () => number, parent?: Tier): Tier {
  return new Tier({ layer, now, upstream, ...(parent && { parent }) });
}

/** An upstream that is the origin. On a 304 the body is the asking tier's own. */
function askOrigin(origin: OriginClient, by: Layer): Upstream {
  return async (asked, known) => {
    const { entry, unchanged } = await origin.fetch(asked, known);
    return unchanged
      ? { entry, layer: by, refreshed: true }
      : { entry, layer: "origin", refreshed: false, askedBy: by };
  };
}
