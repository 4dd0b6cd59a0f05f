import { randomBytes } from "node:crypto";
import type { Zone } from "./dns.ts";
import { type EdgeOptions, type EdgePop, MAX_ADDRESSES } from "./edge-options.ts";
import type { Pop } from "./exchange.ts";
import type { Tier } from "./tier.ts";

interface PlacedPops {
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
    const count = pop.addresses ?? 1;
    if (count < 1 || count > MAX_ADDRESSES)
      throw new RangeError(`POP ${pop.pop} has ${count} addresses, not 1 to ${MAX_ADDRESSES}`);
    const own = free.splice(0, count);
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

function serversOf({ pop }: EdgePop, addresses: readonly string[], tiers: readonly Tier[]): Pop[] {
  return addresses.flatMap((address, at) => {
    const tier = tiers[at % tiers.length];
    const via = `1.1 ${randomBytes(16).toString("hex")}.cloudfront.net (CloudFront)`;
    return tier ? [{ name: pop, address, via, tier }] : [];
  });
}

/**
 * `count` consecutive IPv4 addresses from `first` on, all within 127.0.0.0/8: the stand-in edge must never be reachable
 * from another machine.
 *
 * @throws RangeError if `first` is no loopback address, or the last address would not be one
 */
export function loopbackAddresses(first: string, count: number): string[] {
  const start = toNumber(first);
  if (start === undefined || start + count > LOOPBACK_END) {
    throw new RangeError(`${count} addresses from ${first} on do not lie within 127.0.0.0/8`);
  }
  return Array.from({ length: count }, (_, index) => toText(start + index));
}

const LOOPBACK_END = 0x7fffffff;

function toNumber(address: string): number | undefined {
  const octets = address.split(".").map(Number);
  const sound = octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255);
  return sound && octets[0] === 127 ? octets.reduce((sum, octet) => sum * 256 + octet, 0) : undefined;
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/**
 * The line that gives macOS the addresses of the edge: its loopback interface has 127.0.0.1 alone, where Linux answers on all of
 * 127.0.0.0/8. For bash and zsh. They are gone when the machine starts anew.
 */
export function aliasCommand(addresses: readonly string[]): string {
  return `for a in ${rangesOf(addresses).join(" ")}; do sudo ifconfig lo0 alias $a up; done`;
}

/** As a shell spells them: `127.77.0.{1..255}`. */
function rangesOf(addresses: readonly string[]): string[] {
  const ranges: { readonly net: string; readonly first: number; last: number }[] = [];
  for (const address of addresses) {
    const at = address.lastIndexOf(".");
    const [net, host] = [address.slice(0, at), Number(address.slice(at + 1))];
    const range = ranges.at(-1);
    if (range?.net === net && range.last + 1 === host) range.last = host;
    else ranges.push({ net, first: host, last: host });
  }
  return ranges.map(({ net, first, last }) => (first === last ? `${net}.${first}` : `${net}.{${first}..${last}}`));
}
