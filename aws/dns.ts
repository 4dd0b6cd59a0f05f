import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import * as z from "zod";
import { checkAddresses } from "../domain/net/addresses.ts";
import { retry } from "../domain/retry.ts";

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

/** Answers that say that a name has no alias: no such record, no such name, no name at all. */
const NO_ALIAS = new Set(["ENODATA", "ENOTFOUND", "EBADNAME"]);
/** Look-ups in all. Within one, the resolver asks again when no answer comes, but not when the answer is an error. */
const ALIAS_LOOKUPS = { attempts: 3, firstMs: 750 };

/** The DNS did not say what a name is an alias of. */
export class AliasUnclearError extends Error {
  override readonly name = "AliasUnclearError";
  constructor(host: string, code: string, options?: ErrorOptions) {
    super(
      `${host}: the DNS does not say which distribution it leads to (${code}); try again, or name the distribution's ` +
        "*.cloudfront.net domain as cf_domain",
      options,
    );
  }
}

/** Look-ups in the DNS, with its errors as the DNS names them (`ENOTFOUND`, `ETIMEOUT`, …). */
export class Dns {
  private readonly resolver = new Resolver({ timeout: 3_000, tries: 3 });

  constructor(private readonly options: DnsOptions) {
    if (options.servers.length > 0) this.resolver.setServers(options.servers);
  }

  /**
   * IPv4 addresses of a name, at least one. Every address that the Lambdas connect to, or send to the agents, comes from
   * here.
   * @throws the resolver's error when there are none; AddressRefusedError when one of them is not public
   */
  async addresses(name: string): Promise<string[]> {
    const { allowPrivateAddresses = false } = this.options;
    // A URL may have an address instead of a name. It is refused here, with a clear reason, before the DNS is asked.
    const literal = name.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0) checkAddresses(literal, [literal], allowPrivateAddresses);
    const addresses = await this.resolver.resolve4(name);
    checkAddresses(name, addresses, allowPrivateAddresses);
    return addresses;
  }

  /**
   * What a name is an alias of; undefined when it is no alias, or does not exist.
   * @throws AliasUnclearError when the DNS says neither: a wrong guess would lead to no distribution, or to somebody else's
   */
  async alias(name: string): Promise<string | undefined> {
    const attempt = async () => (await this.resolver.resolveCname(name))[0];
    try {
      return await retry(attempt, { ...ALIAS_LOOKUPS, passes: (error) => !NO_ALIAS.has(codeOf(error)) });
    } catch (error) {
      if (NO_ALIAS.has(codeOf(error))) return undefined;
      throw new AliasUnclearError(name, codeOf(error), { cause: error });
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
