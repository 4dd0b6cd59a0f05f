import { randomBytes } from "node:crypto";
import { loopbackAddresses } from "./addresses.ts";
import { newCounters } from "./counters.ts";
import type { Zone } from "./dns-answers.ts";
import type { EdgeOptions } from "./edge-options.ts";
import type { Pop } from "./exchange.ts";
import type { Tier } from "./tier.ts";

export interface PlacedPops {
  /** By address. */
  readonly popAt: ReadonlyMap<string, Pop>;
  /** By name. */
  readonly popNamed: ReadonlyMap<string, Pop>;
  /** Throws a RangeError for a POP that is not there. */
  addressesOf(pop: string): readonly string[];
  /** What the DNS server may tell. */
  readonly resolvable: Pick<Zone, "addressesOf" | "nearest">;
}

type PlaceOptions = Pick<EdgeOptions, "pops" | "deadPops" | "firstAddress">;

/** Gives each POP its addresses, in the order in which they are listed. */
export function placePops(
  { pops, deadPops = [], firstAddress = "127.77.0.1" }: PlaceOptions,
  tiers: ReadonlyMap<string, Tier>,
): PlacedPops {
  const total = pops.reduce((sum, { addresses = 1 }) => sum + addresses, 0);
  const free = loopbackAddresses(firstAddress, total);
  const popAt = new Map<string, Pop>();
  const popNamed = new Map<string, Pop>();
  const addresses = new Map<string, readonly string[]>();
  for (const { pop: name, addresses: wanted = 1 } of pops) {
    const tier = tiers.get(name);
    if (!tier || popNamed.has(name)) throw new RangeError(`POP ${name} is listed twice`);
    const pop = {
      name,
      tier,
      counters: newCounters(),
      via: `1.1 ${randomBytes(16).toString("hex")}.cloudfront.net (CloudFront)`,
    };
    const own = free.splice(0, wanted);
    for (const address of own) popAt.set(address, pop);
    popNamed.set(name, pop);
    addresses.set(name, own);
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
