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

/** Answers that say that there is no such record, no such name, or no name at all. All others are faults of the resolver. */
const NO_RECORD = new Set(["ENODATA", "ENOTFOUND", "EBADNAME"]);
/** Errors of Node's resolver that say that no answer came: https://nodejs.org/api/dns.html#error-codes */
const NO_ANSWER = new Set(["ETIMEOUT", "ECONNREFUSED", "ECANCELLED", "EAI_AGAIN"]);
/** Look-ups in all. Within one, the resolver asks again when no answer comes, but not when the answer is an error. */
const ALIAS_LOOKUPS = { attempts: 3, firstMs: 750 };

/** The DNS did not say what a name is an alias of. */
export class AliasUnclearError extends Error {
  override readonly name = "AliasUnclearError";
  constructor(host: string, { message }: DnsLookupError, options?: ErrorOptions) {
    super(
      `${message}, so it is unknown which distribution ${host} leads to; try again, or name the distribution's ` +
        "*.cloudfront.net domain as cf_domain",
      options,
    );
  }
}

/** A name without an address, or a resolver that did not say. Only the second may pass. */
export class DnsLookupError extends Error {
  override readonly name = "DnsLookupError";
  readonly reason: "name_not_found" | "dns_unavailable";

  /**
   * @param host the name that was looked up
   * @param code the resolver's: `ENOTFOUND`, `ETIMEOUT`, …
   * @param servers the resolvers that were asked
   */
  constructor(
    readonly host: string,
    readonly code: string,
    servers: readonly string[],
    options?: ErrorOptions,
  ) {
    super(lookupProblem(host, code, servers), options);
    this.reason = NO_RECORD.has(code) ? "name_not_found" : "dns_unavailable";
  }
}

function lookupProblem(host: string, code: string, servers: readonly string[]): string {
  if (code === "ENODATA") return `${host} has no IPv4 address in DNS (ENODATA)`;
  if (NO_RECORD.has(code)) return `${host} does not exist in DNS (${code})`;
  const resolver = servers.length === 1 ? `The DNS resolver ${servers[0]}` : `The DNS resolvers ${servers.join(", ")}`;
  return NO_ANSWER.has(code)
    ? `${resolver} did not answer for ${host} (${code})`
    : `${resolver} returned an error for ${host} (${code})`;
}

/** Look-ups in the DNS. */
export class Dns {
  private readonly resolver = new Resolver({ timeout: 3_000, tries: 3 });

  constructor(private readonly options: DnsOptions) {
    if (options.servers.length > 0) this.resolver.setServers(options.servers);
  }

  /**
   * IPv4 addresses of a name, at least one. Every address that the Lambdas connect to, or send to the agents, comes from
   * here.
   * @throws DnsLookupError when there are none; AddressRefusedError when one of them is not public
   */
  async addresses(name: string): Promise<string[]> {
    const { allowPrivateAddresses = false } = this.options;
    // A URL may have an address instead of a name. It is refused here, with a clear reason, before the DNS is asked.
    const literal = name.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0) checkAddresses(literal, [literal], allowPrivateAddresses);
    const addresses = await this.resolver.resolve4(name).catch((error: unknown) => {
      throw this.lookupError(name, error);
    });
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
      return await retry(attempt, { ...ALIAS_LOOKUPS, passes: (error) => !NO_RECORD.has(codeOf(error)) });
    } catch (error) {
      if (NO_RECORD.has(codeOf(error))) return undefined;
      throw new AliasUnclearError(name, this.lookupError(name, error), { cause: error });
    }
  }

  private lookupError(name: string, error: unknown): DnsLookupError {
    return new DnsLookupError(name, codeOf(error), this.resolver.getServers(), { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
