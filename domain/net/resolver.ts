/** The DNS, as far as a prewarm asks it. `probe/dns.ts` implements it. */
export interface Resolver {
  /**
   * IPv4 addresses of a name, at least one; each may be connected to.
   * @throws DnsLookupError when there are none; AddressRefusedError when one of them is not public
   */
  addresses(name: string): Promise<string[]>;
  /**
   * What a name is an alias of; undefined when it is no alias.
   * @throws DnsLookupError when the name does not exist; AliasUnclearError when the DNS says neither: a wrong guess would lead to no distribution, or to somebody else's
   */
  alias(name: string): Promise<string | undefined>;
}

/** Answers that say that there is no such record, no such name, or no name at all. All others are faults of the resolver. */
const NO_RECORD = new Set(["ENODATA", "ENOTFOUND", "EBADNAME"]);
/** Errors of Node's resolver that say that no answer came: https://nodejs.org/api/dns.html#error-codes */
const NO_ANSWER = new Set(["ETIMEOUT", "ECONNREFUSED", "ECANCELLED", "EAI_AGAIN"]);

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

/** Whether an error of Node's resolver says that there is no such record. */
export function isNoRecord(error: unknown): boolean {
  return NO_RECORD.has(errorCode(error));
}

/** The code of an error of Node.js or of undici, such as `ENOTFOUND`; else its name. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? String(error.code) : error.name;
}
