import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import * as z from "zod";
import { checkAddresses } from "../../contracts/addresses.ts";

/** `host:port` of resolvers to ask instead of the system's, separated by commas. */
export const dnsServersSchema = z
  .string()
  .optional()
  .transform((text) =>
    (text ?? "")
      .split(",")
      .map((server) => server.trim())
      .filter((server) => server !== ""),
  );

export interface DnsOptions {
  /** `host:port`; none: those of the system. */
  readonly servers: readonly string[];
  /** Whether names may lead to addresses that are not public. @default false */
  readonly allowPrivateAddresses?: boolean;
}

/** Look-ups in the DNS, with its errors as the DNS names them (`ENOTFOUND`, `ETIMEOUT`, …). */
export class Dns {
  private readonly resolver = new Resolver({ timeout: 3_000, tries: 3 });

  constructor(private readonly options: DnsOptions) {
    if (options.servers.length > 0) this.resolver.setServers(options.servers);
  }

  /**
   * IPv4 addresses of a name, at least one. All that the Lambdas connect to, or have the agents connect to, comes from
   * here. @throws the resolver's error when there are none; AddressRefusedError when one of them is not public
   */
  async addresses(name: string): Promise<string[]> {
    const { allowPrivateAddresses = false } = this.options;
    // An address instead of a name, in a URL: said clearly, and before anybody is asked.
    const literal = name.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0) checkAddresses(literal, [literal], allowPrivateAddresses);
    const addresses = await this.resolver.resolve4(name);
    checkAddresses(name, addresses, allowPrivateAddresses);
    return addresses;
  }

  /** What a name is an alias of; undefined when it is none or not known. */
  async alias(name: string): Promise<string | undefined> {
    try {
      return (await this.resolver.resolveCname(name))[0];
    } catch {
      return undefined;
    }
  }
}
