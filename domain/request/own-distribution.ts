/** A distribution of this account. */
export interface OwnDistribution {
  readonly id: string;
  /** Its `*.cloudfront.net` domain. */
  readonly domain: string;
  /** Its alternate domain names; may be wildcards. */
  readonly aliases: readonly string[];
}

/** The distribution of the account that owns a host; undefined: none does. */
export type OwnerOf = (host: string) => OwnDistribution | undefined;

/**
 * Finds the distribution that owns a host: of all names that cover it the most specific decides, so that an exact name goes
 * before a wildcard, and `*.a.example.com` before `*.example.com`. A request may name 60,000 hosts, an account has
 * thousands of names: a look-up takes as long as the host has labels.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-wildcard
 */
export function hostOwners(own: readonly OwnDistribution[]): OwnerOf {
  const byName = new Map<string, OwnDistribution>();
  for (const distribution of own)
    for (const name of [distribution.domain, ...distribution.aliases]) byName.set(name.toLowerCase(), distribution);
  return (host) => {
    const name = host.toLowerCase();
    const exact = name.startsWith("*.") ? undefined : byName.get(name);
    if (exact !== undefined) return exact;
    for (let dot = name.indexOf(".", 1); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      const owner = byName.get(`*${name.slice(dot)}`);
      if (owner !== undefined) return owner;
    }
    return undefined;
  };
}

/**
 * Why URLs of a host must not be requested as URLs of a distribution of the account. A wildcard alias that covers the host
 * is not enough: another distribution may have a more specific alias, and CloudFront gives the request to that one.
 * @returns undefined: the distribution owns the host
 */
export function notOwnedBy(id: string, host: string, ownerOfHost: OwnerOf): string | undefined {
  const owner = ownerOfHost(host);
  if (owner === undefined) return `the distribution ${id} does not answer to ${host}`;
  return owner.id === id ? undefined : `${host} belongs to the distribution ${owner.id}, not to ${id}`;
}
