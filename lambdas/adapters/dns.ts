import { Resolver } from "node:dns/promises";
import { z } from "zod";

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

/** Look-ups in the DNS, with its errors as the DNS names them (`ENOTFOUND`, `ETIMEOUT`, …). */
export class Dns {
  private readonly resolver = new Resolver({ timeout: 3_000, tries: 3 });

  /** @param servers `host:port`; none: those of the system */
  constructor(servers: readonly string[]) {
    if (servers.length > 0) this.resolver.setServers(servers);
  }

  /** IPv4 addresses of a name. @throws the resolver's error when there are none */
  async addresses(name: string): Promise<string[]> {
    return this.resolver.resolve4(name);
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
