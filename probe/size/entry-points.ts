import type { Resolver } from "../../domain/net/resolver.ts";
import { popDomain } from "../../domain/pops/select.ts";
import { cloudFrontLabel, type Distribution } from "../../domain/request/distributions.ts";

/** How many POPs are tried when no name of the distribution resolves. */
const POPS = 5;

/**
 * Names at which sizes are asked, the likeliest first. Each is CloudFront's own: a URL's host and an alias are anybody's,
 * may point elsewhere before a launch, and would let whoever starts a request have any server asked.
 */
export function entryPoints({ domain, label, names }: Distribution, pops: readonly string[]): string[] {
  const own = [domain, ...names].find((name) => name !== undefined && cloudFrontLabel(name) === label);
  return [...new Set([own ?? `${label}.cloudfront.net`, ...pops.slice(0, POPS).map((pop) => popDomain(label, pop))])];
}

/** Addresses of the first of the names that resolves. @throws what the first one failed with, when none does */
export async function addressesOfFirst(dns: Resolver, names: readonly string[]): Promise<readonly string[]> {
  let first: unknown;
  for (const name of names) {
    try {
      return await dns.addresses(name);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}
