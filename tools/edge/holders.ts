import { formOf } from "./cache.ts";
import type { Pop } from "./exchange.ts";
import { invalidated } from "./invalidation.ts";
import type { Tier } from "./tier.ts";

/** A cache that has an object, whole and fresh: what is true, whatever the answers say. */
export type Holder =
  | { readonly layer: "pop"; readonly pop: string; readonly address: string; readonly form: string }
  | { readonly layer: "rec"; readonly rec: string; readonly form: string };

/** Which caches an eviction empties. Without a REC: caches of POPs only; with nothing at all: those of every POP. */
export interface EvictedFrom {
  readonly pop?: string;
  readonly address?: string;
  readonly rec?: string;
}

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

/** @returns how many entries were lost */
export function evict(
  paths: readonly string[],
  { pop, address, rec }: EvictedFrom,
  servers: Iterable<Pop>,
  recs: ReadonlyMap<string, Tier>,
): number {
  const matches = invalidated(paths);
  const isMeant = (server: Pop) =>
    (pop ?? server.name) === server.name && (address ?? server.address) === server.address;
  const wantsPops = rec === undefined || pop !== undefined || address !== undefined;
  const atPops = wantsPops ? [...servers].filter(isMeant).map(({ tier }) => tier) : [];
  const atRecs = [...recs].filter(([name]) => name === rec).map(([, tier]) => tier);
  return [...new Set([...atPops, ...atRecs])].reduce((lost, tier) => lost + tier.evict(matches), 0);
}

function formsAt(tier: Tier, path: string): string[] {
  return tier
    .keysOf(path)
    .map(formOf)
    .filter((form) => !form.includes("range: "));
}
