import { BlockList, isIP, isIPv4 } from "node:net";
import * as z from "zod";

/**
 * Addresses come from DNS names that a caller influences, and machines trust what comes from within: the metadata
 * service, loopback, a private network. So none of these is connected to. What is refused follows IANA's registries of
 * special-purpose addresses (https://www.iana.org/assignments/iana-ipv4-special-registry); documentation addresses are
 * let through: they lead nowhere.
 */
const REFUSED = new BlockList();
for (const subnet of [
  "0.0.0.0/8", // this host
  "10.0.0.0/8", // private
  "100.64.0.0/10", // behind a carrier's NAT
  "127.0.0.0/8", // loopback
  // Azure's wire server: a public address that a virtual machine takes for its host, where direct runs may be (a runner of GitHub).
  // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  "168.63.129.16/32",
  "169.254.0.0/16", // link-local: the metadata service, Amazon's DNS and clock, credentials of containers
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.88.99.0/24", // relays into IPv6
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarks
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
]) {
  const [network = "", prefix] = subnet.split("/");
  REFUSED.addSubnet(network, Number(prefix));
}

/** `PREWARM_ALLOW_PRIVATE_ADDRESSES`: for an edge on one's own machine or network. Never set on AWS. */
export const allowPrivateAddressesSchema = z.stringbool().default(false);

/** The variables of an environment that say how an edge is reached. None of them is set on AWS. */
export const edgeVariables = {
  PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddressesSchema,
  PREWARM_HTTPS_PORT: z.coerce.number().int().default(443),
  PREWARM_HTTP_PORT: z.coerce.number().int().default(80),
};

/** Where URLs without a port are reached: 443 and 80, unless everything runs on one machine. */
export interface Ports {
  readonly httpsPort: number;
  readonly httpPort: number;
}

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

/**
 * Why an address must not be connected to; undefined: it may be. A name is refused too: it would be looked up again. So is every IPv6 address,
 * because {@link Resolver} gives IPv4 addresses only.
 */
export function addressProblem(address: string, allowPrivate: boolean): string | undefined {
  if (isIP(address) === 0) return `'${address}' is not an IP address`;
  if (allowPrivate) return undefined;
  return !isIPv4(address) || REFUSED.check(address)
    ? `${address} is a private or reserved address, which is refused`
    : undefined;
}

/**
 * Checks all addresses of a name. One refused address refuses the name, because the name is not what
 * it is taken for. @throws AddressRefusedError
 */
export function checkAddresses(name: string, addresses: readonly string[], allowPrivate: boolean): void {
  for (const address of addresses) {
    const problem = addressProblem(address, allowPrivate);
    if (problem !== undefined)
      throw new AddressRefusedError(address, name === address ? problem : `${name}: ${problem}`);
  }
}
