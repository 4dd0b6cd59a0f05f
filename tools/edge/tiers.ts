import { formOf } from "./cache-key.ts";
import type { EdgePop } from "./edge-options.ts";
import type { Pop } from "./exchange.ts";
import { invalidated } from "./invalidation.ts";
import type { OriginClient } from "./origin-client.ts";
import type { Layer } from "./reply.ts";
import { Tier, type Upstream } from "./tier.ts";

interface Tiers {
  /** The caches of a POP, by the POP's name: one for each of its addresses, or one for all. */
  readonly pops: ReadonlyMap<string, readonly Tier[]>;
  /** The caches behind them, by the REC's name. */
  readonly recs: ReadonlyMap<string, Tier>;
  /**
   * Removes paths, and what `#tags` name, from every tier at once.
   *
   * @param domain one distribution; absent: all
   * @returns how many entries were removed, in all tiers together
   */
  invalidate(paths: readonly string[], domain?: string): number;
}

interface TiersOptions {
  readonly pops: readonly EdgePop[];
  readonly origin: OriginClient;
  readonly now: () => number;
  /** The header in which objects of a distribution have their tags. @default none has */
  readonly tagHeaderOf?: (domain: string) => string | undefined;
}

/** Wires POP → REC → origin. */
export function wireTiers({ pops, origin, now, tagHeaderOf }: TiersOptions): Tiers {
  const shields = new Map<string, Tier>();
  const upstream = askOriginOrShield(origin, "rec", shields, now);
  const recs = new Map(
    [...new Set(pops.map(({ rec }) => rec))].map((name) => [name, new Tier({ layer: "rec", now, upstream })]),
  );

  const popTiers = new Map<string, readonly Tier[]>();
  for (const { pop, rec, addresses = 1, caches = "shared" } of pops) {
    const parent = recs.get(rec);
    if (!parent) continue;
    const around = askOriginOrShield(origin, "pop", shields, now);
    const askParent: Upstream = (asked, known) =>
      asked.policy.rec === "passed" ? around(asked, known) : parent.get(asked.key, asked);
    const count = caches === "own" ? addresses : 1;
    popTiers.set(
      pop,
      Array.from({ length: count }, () => new Tier({ layer: "pop", parent, upstream: askParent, now })),
    );
  }
  return {
    pops: popTiers,
    recs,
    invalidate(paths, domain) {
      const matches = invalidated(paths, domain, tagHeaderOf);
      return [...recs.values(), ...shields.values(), ...[...popTiers.values()].flat()].reduce(
        (gone, tier) => gone + tier.invalidate(matches),
        0,
      );
    },
  };
}

/** An upstream that is the origin, or the policy's Origin Shield before it. */
function askOriginOrShield(origin: OriginClient, by: Layer, shields: Map<string, Tier>, now: () => number): Upstream {
  const direct = askOrigin(origin, by);
  return (asked, known) => {
    const { originShield } = asked.policy;
    if (originShield === undefined) return direct(asked, known);
    const shield =
      shields.get(originShield) ?? new Tier({ layer: "shield", now, upstream: askOrigin(origin, "shield") });
    shields.set(originShield, shield);
    return shield.get(asked.key, asked);
  };
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

/** A cache that has an object, whole and fresh: what is true, whatever the answers say. */
export type Holder =
  | { readonly layer: "pop"; readonly pop: string; readonly address: string; readonly form: string }
  | { readonly layer: "rec"; readonly rec: string; readonly form: string };

/**
 * Every cache that has the path. `form` is what else is in the cache key, such as `accept-encoding: gzip`. Fragments are
 * left out.
 */
export function holdersOf(path: string, servers: Iterable<Pop>, recs: ReadonlyMap<string, Tier>): Holder[] {
  const atPops = [...servers].flatMap(({ name: pop, address, tier }) =>
    formsAt(tier, path).map((form) => ({ layer: "pop" as const, pop, address, form })),
  );
  const atRecs = [...recs].flatMap(([rec, tier]) =>
    formsAt(tier, path).map((form) => ({ layer: "rec" as const, rec, form })),
  );
  return [...atPops, ...atRecs];
}

function formsAt(tier: Tier, path: string): string[] {
  return tier
    .keysOf(path)
    .map(formOf)
    .filter((form) => !form.includes("range: "));
}
