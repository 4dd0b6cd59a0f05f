import { randomBytes } from "node:crypto";
import { loopbackAddresses } from "./addresses.ts";
import { newCounters } from "./counters.ts";
import type { Zone } from "./dns-answers.ts";
import type { EdgeOptions, EdgePop } from "./edge-options.ts";
import type { Pop } from "./exchange.ts";
import type { Tier } from "./tier.ts";

export interface PlacedPops {
  /** Every server of every POP, by address. */
  readonly popAt: ReadonlyMap<string, Pop>;
  /** The first server of each POP, by the POP's name. */
  readonly popNamed: ReadonlyMap<string, Pop>;
  /** Throws a RangeError for a POP that is not there. */
  addressesOf(pop: string): readonly string[];
  /** What the DNS server may tell. */
  readonly resolvable: Pick<Zone, "addressesOf" | "nearest">;
}

type PlaceOptions = Pick<EdgeOptions, "pops" | "deadPops" | "closedPops" | "firstAddress">;

/** The addresses of all POPs, in their order. */
export function edgeAddresses({ pops, firstAddress = "127.77.0.1" }: Pick<PlaceOptions, "pops" | "firstAddress">) {
  return loopbackAddresses(
    firstAddress,
    pops.reduce((sum, { addresses = 1 }) => sum + addresses, 0),
  );
}

/** Gives each POP its addresses, in the order in which they are listed, and a server at each. */
export function placePops(options: PlaceOptions, tiers: ReadonlyMap<string, readonly Tier[]>): PlacedPops {
  const { pops, deadPops = [], closedPops = [] } = options;
  const free = edgeAddresses(options);
  const popAt = new Map<string, Pop>();
  const popNamed = new Map<string, Pop>();
  const addresses = new Map<string, readonly string[]>();
  for (const pop of pops) {
    if (addresses.has(pop.pop)) throw new RangeError(`POP ${pop.pop} is listed twice`);
    const own = free.splice(0, pop.addresses ?? 1);
    addresses.set(pop.pop, own);
    if (closedPops.includes(pop.pop)) continue;
    const servers = serversOf(pop, own, tiers.get(pop.pop) ?? []);
    for (const server of servers) popAt.set(server.address, server);
    if (servers[0]) popNamed.set(pop.pop, servers[0]);
  }

  const dead = new Set(deadPops);
  const alive = [...addresses].filter(([name]) => !dead.has(name));
  return {
    popAt,
    popNamed,
    addressesOf(pop) {
      const own = addresses.get(pop);
      if (!own) throw new RangeError(`the edge has no POP ${pop}`);
      return own;
    },
    resolvable: {
      addressesOf: new Map(alive.map(([name, own]) => [name.toUpperCase(), own])),
      nearest: alive[0]?.[1] ?? [],
    },
  };
}

function serversOf({ pop, answersAs = pop }: EdgePop, addresses: readonly string[], tiers: readonly Tier[]): Pop[] {
  return addresses.flatMap((address, at) => {
    const tier = tiers[at % tiers.length];
    const via = `1.1 ${randomBytes(16).toString("hex")}.cloudfront.net (CloudFront)`;
    return tier ? [{ name: pop, answersAs, address, via, tier, counters: newCounters() }] : [];
  });
}
