import { matchesName } from "./distribution.ts";

/** A distribution of this account. */
export interface OwnDistribution {
  readonly id: string;
  /** Its `*.cloudfront.net` domain. */
  readonly domain: string;
  /** Its alternate domain names; may be wildcards. */
  readonly aliases: readonly string[];
}

/** Whether a distribution answers to a host, by its domain or an alias. */
export function answersTo({ domain, aliases }: OwnDistribution, host: string): boolean {
  return [domain, ...aliases].some((name) => matchesName(host, name));
}

/**
 * The distribution that answers to a host: of all names that cover it the longest decides, so that an exact name goes
 * before a wildcard, and `*.a.example.com` before `*.example.com`.
 */
export function ownerOf(own: readonly OwnDistribution[], host: string): OwnDistribution | undefined {
  const fits = own.flatMap((distribution) =>
    [distribution.domain, ...distribution.aliases]
      .filter((name) => matchesName(host, name))
      .map((name) => ({ distribution, rank: name.startsWith("*.") ? name.length : Number.POSITIVE_INFINITY })),
  );
  return fits.reduce<(typeof fits)[number] | undefined>(
    (best, fit) => (best === undefined || fit.rank > best.rank ? fit : best),
    undefined,
  )?.distribution;
}
