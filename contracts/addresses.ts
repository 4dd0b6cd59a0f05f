import { BlockList, isIP } from "node:net";
import * as z from "zod";

/**
 * Addresses come from DNS names that a caller influences, and machines trust what comes from within: the metadata
 * service, loopback, a private network. So none of these is connected to. What is refused follows IANA's registries of
 * special-purpose addresses (https://www.iana.org/assignments/iana-ipv4-special-registry); documentation addresses are
 * let through: they lead nowhere.
 */
const REFUSED = { 4: new BlockList(), 6: new BlockList() } as const;

const REFUSED_IPV4 = [
  "0.0.0.0/8", // this host
  "10.0.0.0/8", // private
  "100.64.0.0/10", // behind a carrier's NAT
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local: the metadata service, Amazon's DNS and clock, credentials of containers
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.88.99.0/24", // relays into IPv6
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarks
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
];

const REFUSED_IPV6 = [
  // Of the IPv6 addresses, only 2000::/3 has been given out to the public. Beyond it lie the unspecified one, loopback,
  // IPv4 in disguise (::ffff:0:0/96, 64:ff9b::/96), unique local (with fd00:ec2::254), link-local and multicast.
  "::/3",
  "4000::/2",
  "8000::/1",
  "2001::/23", // protocol assignments; Teredo, which has an IPv4 address inside
  "2002::/16", // 6to4, which has one too
];

for (const [family, subnets] of [[4, REFUSED_IPV4] as const, [6, REFUSED_IPV6] as const]) {
  for (const subnet of subnets) {
    const [network = "", prefix] = subnet.split("/");
    REFUSED[family].addSubnet(network, Number(prefix), `ipv${family}`);
  }
}

/** `PREWARM_ALLOW_PRIVATE_ADDRESSES`: for an edge on one's own machine or network. Never set on AWS. */
export const allowPrivateAddressesSchema = z.stringbool().default(false);

/** An address that must not be connected to, or something that is none. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
  constructor(
    readonly address: string,
    message: string,
  ) {
    super(message);
  }
}

/** Why an address must not be connected to; undefined: it may be. A name is refused too: it would be looked up again. */
export function addressProblem(address: string, allowPrivate: boolean): string | undefined {
  const family = isIP(address);
  if (family === 0) return `'${address}' is not an IP address`;
  if (allowPrivate || !REFUSED[family as 4 | 6].check(address, `ipv${family as 4 | 6}`)) return undefined;
  return `${address} is a private or reserved address, which is refused`;
}

/**
 * Lets a name's addresses through if each of them may be connected to: one that may not says that the name is not what
 * it is taken for. @throws AddressRefusedError
 */
export function checkAddresses(name: string, addresses: readonly string[], allowPrivate: boolean): void {
  for (const address of addresses) {
    const problem = addressProblem(address, allowPrivate);
    if (problem !== undefined) throw new AddressRefusedError(address, `${name}: ${problem}`);
  }
}
